import pytest

from rag.config import load_config
from rag.errors import ConfigError


def test_an_unknown_setting_is_an_error_that_lists_the_known_ones():
    with pytest.raises(ConfigError, match=r"chunk_tokens") as error:
        load_config({"FOOTNOTE_CHUNKTOKENS": "100"})
    assert "FOOTNOTE_CHUNKTOKENS" in str(error.value)


def test_a_value_that_cannot_work_names_the_setting():
    with pytest.raises(ConfigError, match="chunk_tokens"):
        load_config({"FOOTNOTE_CHUNK_TOKENS": "10000"})


def test_arguments_go_before_the_environment_and_that_before_the_file(tmp_path):
    file = tmp_path / "footnote.toml"
    file.write_text('top_k = 3\nchunk_tokens = 50\nllm = "extractive"\n')
    config = load_config({"FOOTNOTE_CONFIG": str(file), "FOOTNOTE_CHUNK_TOKENS": "60", "FOOTNOTE_TOP_K": "4"}, top_k=5)
    assert (config.top_k, config.chunk_tokens, config.llm) == (5, 60, "extractive")


def test_a_settings_file_that_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(ConfigError, match="FOOTNOTE_CONFIG"):
        load_config({"FOOTNOTE_CONFIG": str(tmp_path / "missing.toml")})


@pytest.mark.parametrize("variable", ["OPENAI_API_KEY", "OPENAI_BASE_URL"])
def test_either_openai_variable_selects_the_endpoint(variable):
    assert load_config({variable: "value"}).llm == "openai"
    assert load_config({variable: "value"}, llm="extractive").llm == "extractive"
    assert load_config({}).llm == "local"


def test_the_key_is_not_shown():
    assert "s3cret" not in repr(load_config({"OPENAI_API_KEY": "s3cret"}))

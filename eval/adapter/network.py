"""The bundled language model in PyTorch, as its adapter is trained: read once up to the question that wakes the adapter, then from there on.
Adapters as files, and the mean of several.

The adapter is an activated LoRA (Greenewald et al. 2025, "Activated LoRA: Fine-tuned LLMs for Intrinsics"): it changes the model only from the
first word of one question of ours on ("Which sentence answers the question: …"). What stands before it, the evidence, is read by the model as it is,
so that the draft that comes after goes on from the same cache, and so that training reads the evidence once.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import linear

FIRST_LAYER = 10
"""Of 28: the layers below it are left as they are."""
RANK = 4
SCALE = 4.0
"""Factor on what the adapter adds."""
TARGETS = {"attn_q": "q_proj", "attn_v": "v_proj", "attn_output": "o_proj"}
"""Matrices that it adds to: llama.cpp's names, and those of transformers."""
CHOICES = tuple(range(15, 25))
"""Ids of the tokens "0" to "9"."""
_BLOCK = {
    "attn_norm": "input_layernorm",
    "attn_k": "self_attn.k_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
} | {ours: f"self_attn.{theirs}" for ours, theirs in TARGETS.items()}
_WHOLE = {"token_embd.weight": "model.embed_tokens.weight", "output_norm.weight": "model.norm.weight", "output.weight": "lm_head.weight"}


@dataclass(frozen=True, slots=True)
class State:
    """What the model has made of a prompt before the adapter wakes."""

    cache: torch.Tensor
    """Keys and values of the upper layers, shape ``(layers, 2, heads, tokens, size of a head)``, 16 bits."""
    rest: torch.Tensor
    """What the first of these layers is given of the other tokens, shape ``(tokens, size)``."""


def load(gguf_file: Path) -> Any:
    """A model of the Qwen 2 family from its GGUF file, its weights in 16 bits; none of them is trained."""
    import gguf
    from gguf.quants import dequantize
    from transformers import Qwen2Config, Qwen2ForCausalLM

    reader = gguf.GGUFReader(str(gguf_file))

    def setting(name: str) -> Any:
        return reader.fields[f"qwen2.{name}"].contents()

    weights: dict[str, torch.Tensor] = {}
    for tensor in reader.tensors:
        block = re.fullmatch(r"blk\.(\d+)\.(\w+)\.(\w+)", tensor.name)
        name = f"model.layers.{block[1]}.{_BLOCK[block[2]]}.{block[3]}" if block else _WHOLE[tensor.name]
        weights[name] = torch.from_numpy(dequantize(tensor.data, tensor.tensor_type).copy()).to(torch.bfloat16)
    weights.setdefault("lm_head.weight", weights["model.embed_tokens.weight"])
    config = Qwen2Config(
        vocab_size=len(weights["lm_head.weight"]),
        hidden_size=setting("embedding_length"),
        intermediate_size=setting("feed_forward_length"),
        num_hidden_layers=setting("block_count"),
        num_attention_heads=setting("attention.head_count"),
        num_key_value_heads=setting("attention.head_count_kv"),
        rms_norm_eps=setting("attention.layer_norm_rms_epsilon"),
        rope_parameters={"rope_type": "default", "rope_theta": setting("rope.freq_base")},
        tie_word_embeddings=False,
    )
    model = Qwen2ForCausalLM(config).to(torch.bfloat16)
    model.load_state_dict(weights, assign=True)
    return model.eval().requires_grad_(False)


@torch.no_grad()
def read(model: Any, prompts: Sequence[Sequence[int]], wakes: Sequence[int]) -> list[State]:
    """Reads prompts together, of each of which the adapter changes what stands from its token in ``wakes`` on. What all begin with is read once."""
    from transformers import DynamicCache

    same = sum(1 for _ in takewhile(lambda tokens: len(set(tokens)) == 1, zip(*prompts, strict=False)))
    shared = min(same, *wakes)
    cache = DynamicCache()
    if shared:
        model.model(input_ids=torch.tensor([prompts[0][:shared]]), past_key_values=cache, use_cache=True)
        cache.batch_repeat_interleave(len(prompts))
    given: dict[str, torch.Tensor] = {}
    hook = model.model.layers[FIRST_LAYER].register_forward_pre_hook(
        lambda _, args, kwargs: given.update(rest=args[0] if args else kwargs["hidden_states"]), with_kwargs=True
    )
    # What fills up the shorter ones stands behind them, where they do not see it.
    tokens = torch.nn.utils.rnn.pad_sequence([torch.tensor(p[shared:]) for p in prompts], batch_first=True)
    model.model(input_ids=tokens, past_key_values=cache, use_cache=True)
    hook.remove()
    upper = cache.layers[FIRST_LAYER:]
    return [
        State(
            torch.stack([torch.stack((layer.keys[i, :, :wake], layer.values[i, :, :wake])) for layer in upper]),
            given["rest"][i, wake - shared : len(prompt) - shared].clone(),
        )
        for i, (prompt, wake) in enumerate(zip(prompts, wakes, strict=True))
    ]


class Adapter(torch.nn.Module):
    """The model's upper layers with the matrices that are trained beside them."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self._model = [model]  # In a list, so that its weights are none of this module's.
        self.down, self.up = torch.nn.ParameterDict(), torch.nn.ParameterDict()
        for layer in range(FIRST_LAYER, model.config.num_hidden_layers):
            for name, theirs in TARGETS.items():
                matrix = getattr(model.model.layers[layer].self_attn, theirs)
                self.down[f"{layer}_{name}"] = torch.nn.Parameter(torch.randn(RANK, matrix.in_features) / math.sqrt(matrix.in_features))
                self.up[f"{layer}_{name}"] = torch.nn.Parameter(torch.zeros(matrix.out_features, RANK))

    def forward(self, states: Sequence[State]) -> torch.Tensor:
        """Logits of ``CHOICES`` as the reply to each prompt, shape ``(states, choices)``."""
        model, settings = self._model[0], self._model[0].config
        heads, shared, size = (
            settings.num_attention_heads,
            settings.num_key_value_heads,
            settings.hidden_size // settings.num_attention_heads,
        )
        read = torch.tensor([s.cache.shape[3] for s in states])
        unread = torch.tensor([len(s.rest) for s in states])
        longest, count, rest = int(read.max()), len(states), int(unread.max())
        cache = torch.stack([torch.nn.functional.pad(s.cache, (0, 0, 0, longest - s.cache.shape[3])) for s in states], dim=2)
        # What fills up the shorter ones stands behind them, where they do not see it.
        hidden = torch.nn.utils.rnn.pad_sequence([s.rest for s in states], batch_first=True)
        angles = (read[:, None] + torch.arange(rest)).float()[..., None] * self._frequencies(size)
        turn = torch.cat((angles, angles), -1)[:, None]
        cos, sin = turn.cos().to(hidden.dtype), turn.sin().to(hidden.dtype)
        before = (torch.arange(longest) < read[:, None])[:, None].expand(count, rest, longest)
        seen = torch.cat((before, torch.ones(rest, rest, dtype=torch.bool).tril().expand(count, rest, rest)), -1)[:, None]
        for number in range(FIRST_LAYER, settings.num_hidden_layers):
            layer, (keys, values) = model.model.layers[number], cache[number - FIRST_LAYER]
            x = layer.input_layernorm(hidden)
            q = self._project(number, "attn_q", x).view(count, rest, heads, size).transpose(1, 2)
            k = layer.self_attn.k_proj(x).view(count, rest, shared, size).transpose(1, 2)
            v = self._project(number, "attn_v", x).view(count, rest, shared, size).transpose(1, 2)
            q, k = q * cos + _rotate(q) * sin, k * cos + _rotate(k) * sin
            mixed = torch.nn.functional.scaled_dot_product_attention(
                q, torch.cat((keys, k), 2), torch.cat((values, v), 2), attn_mask=seen, enable_gqa=True
            )
            hidden = hidden + self._project(number, "attn_output", mixed.transpose(1, 2).reshape(count, rest, heads * size))
            hidden = hidden + layer.mlp(layer.post_attention_layernorm(hidden))
        return linear(model.model.norm(hidden[torch.arange(count), unread - 1]), model.lm_head.weight[list(CHOICES)]).float()

    def _project(self, layer: int, name: str, x: torch.Tensor) -> torch.Tensor:
        down, up = self.down[f"{layer}_{name}"].to(x.dtype), self.up[f"{layer}_{name}"].to(x.dtype)
        whole: torch.Tensor = getattr(self._model[0].model.layers[layer].self_attn, TARGETS[name])(x)
        return whole + SCALE * linear(linear(x, down), up)

    def _frequencies(self, size: int) -> torch.Tensor:
        base: float = self._model[0].config.rope_parameters["rope_theta"]
        return base ** -(torch.arange(0, size, 2).float() / size)


def _rotate(x: torch.Tensor) -> torch.Tensor:
    first, second = x.chunk(2, -1)
    return torch.cat((-second, first), -1)


def write(adapter: Adapter, wakes: Sequence[int], file: Path) -> None:
    """Writes the adapter as llama.cpp reads it. ``wakes``: the tokens from which on it is active."""
    import gguf
    from gguf.quants import quantize

    writer = gguf.GGUFWriter(str(file), "qwen2")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", SCALE * RANK)
    writer.add_key_value("adapter.alora.invocation_tokens", list(wakes), gguf.GGUFValueType.ARRAY, sub_type=gguf.GGUFValueType.UINT32)
    for place in adapter.down:
        layer, _, name = place.partition("_")
        down, up = adapter.down[place].detach().numpy(), adapter.up[place].detach().numpy()
        kind = gguf.GGMLQuantizationType.Q8_0
        writer.add_tensor(f"blk.{layer}.{name}.weight.lora_a", quantize(down, kind), raw_dtype=kind)
        writer.add_tensor(f"blk.{layer}.{name}.weight.lora_b", up.astype("float16"))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def read_adapter(model: Any, file: Path) -> Adapter:
    """An adapter of the model from a file that ``write`` wrote."""
    import gguf
    from gguf.quants import dequantize

    adapter = Adapter(model)
    for tensor in gguf.GGUFReader(str(file)).tensors:
        _, layer, name, _, half = tensor.name.split(".")
        matrices = adapter.down if half == "lora_a" else adapter.up
        matrices[f"{layer}_{name}"].data = torch.from_numpy(dequantize(tensor.data, tensor.tensor_type).astype("float32"))
    return adapter


@torch.no_grad()
def mean(model: Any, adapters: Sequence[Adapter]) -> Adapter:
    """What adds to each matrix of the model the mean of what these add, as nearly as the rank allows (singular value decomposition)."""
    found = Adapter(model)
    for place in found.down:
        left, sizes, right = torch.linalg.svd(torch.stack([a.up[place] @ a.down[place] for a in adapters]).mean(0), full_matrices=False)
        roots = sizes[:RANK].sqrt()
        found.up[place].data, found.down[place].data = left[:, :RANK] * roots, roots[:, None] * right[:RANK]
    return found

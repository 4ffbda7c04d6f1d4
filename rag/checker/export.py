"""Turns a trained checker into what ships: ``python -m rag.checker.export OUT/model.pt rag/checker``. Needs the extra ``train``.

Of several rounds of training the mean of their weights ships (Wortsman et al., 2022, "Model soups"). Weights become integers of 8 bits
(onnxruntime's dynamic quantisation, matrices and embeddings), a quarter of their size.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import torch

from rag.checker.network import Network
from rag.checker.scorer import MODEL
from rag.offline import switch_offline


def mean_weights(files: Sequence[Path]) -> dict[str, torch.Tensor]:
    """The mean of each of the network's weights over files of ``rag.checker.train``, 32 bits."""
    states = [read_weights(file) for file in files]
    return {name: torch.stack([state[name].float() for state in states]).mean(dim=0) for name in states[0]}


def read_weights(file: Path) -> dict[str, torch.Tensor]:
    """The network's weights from a ``model.pt`` of ``rag.checker.train``, or from a ``model.onnx`` of this module, of which 8 bits are left."""
    if file.suffix != ".onnx":
        state: dict[str, torch.Tensor] = torch.load(file, map_location="cpu")
        return state
    import onnx

    graph = onnx.load(str(file)).graph
    arrays = {i.name: torch.from_numpy(onnx.numpy_helper.to_array(i).copy()) for i in graph.initializer}
    whole = {
        name: (arrays[f"{name}_quantized"].float() - arrays[f"{name}_zero_point"].float()) * arrays[f"{name}_scale"]
        for name in (n.removesuffix("_quantized") for n in arrays if n.endswith("_quantized"))
    }
    # Matrices lose their names and are turned on their sides; the node that multiplies with one stands where the layer was.
    places = {
        f"{n.name.strip('/').rpartition('/')[0].replace('/', '.')}.weight": n.input[1].removesuffix("_quantized")
        for n in graph.node
        if n.op_type == "MatMulInteger"
    }
    named = arrays | whole
    return {name: whole[places[name]].T.contiguous() if name in places else named[name] for name in Network().state_dict()}


def export(weights: Sequence[Path], folder: Path) -> None:
    """Writes the quantised ONNX model of the mean of the weights into ``folder``."""
    from onnxruntime.quantization import QuantType, quantize_dynamic  # Needs onnx, of the extra ``train``.

    network = Network()
    network.load_state_dict(mean_weights(weights))
    network.eval()
    example = torch.ones((2, 16), dtype=torch.long)
    axes = {name: {0: "batch", 1: "tokens"} for name in ("input_ids", "attention_mask", "token_type_ids")}
    with tempfile.TemporaryDirectory() as temporary:
        plain = Path(temporary, "plain.onnx")
        torch.onnx.export(
            network,
            (example, example, example),
            str(plain),
            input_names=list(axes),
            output_names=["logits"],
            dynamic_axes={**axes, "logits": {0: "batch"}},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(plain, folder / MODEL.name, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul", "Gather", "Gemm"])


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m rag.checker.export", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("weights", type=Path, nargs="+", help="model.pt of rag.checker.train, one for each round of training")
    parser.add_argument("folder", type=Path, help="where the quantised model goes")
    options = parser.parse_args()
    switch_offline()
    export(options.weights, options.folder)


if __name__ == "__main__":
    main()

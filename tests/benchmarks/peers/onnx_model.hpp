#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace benchmarks {

/// An ONNX model (opset 13) with an input "x" and one output, as the bytes of its file. Weights are
/// noise.
class OnnxModel {
 public:
  using Dims = std::vector<std::int64_t>;
  /// Names of tensors.
  using Name = std::string;
  struct Attribute {
    std::string name;
    std::vector<std::int64_t> values;
    bool list;
  };

  explicit OnnxModel(Dims input) : input_(std::move(input)) {}

  Name weights(const Dims& dims);
  Name constant(float value);
  Name node(const std::string& type, const std::vector<Name>& inputs,
            const std::vector<Attribute>& attributes = {});
  /// The file, with `output` as the model's output.
  std::string bytes(const Name& output, const Dims& dims) const;

 private:
  void add_tensor(const Name& name, const Dims& dims, const std::vector<float>& values);
  Name new_name() { return "t" + std::to_string(++count_); }

  Dims input_;
  std::string nodes_, tensors_;  // fields of the graph
  int count_ = 0;
};

}  // namespace benchmarks

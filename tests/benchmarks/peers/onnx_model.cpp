#include "onnx_model.hpp"

#include <cstring>

namespace benchmarks {

namespace {

// The wire format of protocol buffers: a field is a key, which has its number and its type, and a
// value. Numbers and types are those of onnx.proto.

void add_varint(std::string& out, std::uint64_t value) {
  for (; value >= 128; value >>= 7) out += static_cast<char>((value & 127) | 128);
  out += static_cast<char>(value);
}

void add_number(std::string& out, int field, std::int64_t value) {
  add_varint(out, static_cast<std::uint64_t>(field) << 3);
  add_varint(out, static_cast<std::uint64_t>(value));
}

/// Text, bytes or a message.
void add_bytes(std::string& out, int field, const std::string& bytes) {
  add_varint(out, static_cast<std::uint64_t>(field) << 3 | 2);
  add_varint(out, bytes.size());
  out += bytes;
}

constexpr int float32 = 1, attribute_int = 2, attribute_ints = 7;

std::string attribute_message(const OnnxModel::Attribute& attribute) {
  std::string message;
  add_bytes(message, 1, attribute.name);
  for (const std::int64_t value : attribute.values) {
    add_number(message, attribute.list ? 8 : 3, value);
  }
  add_number(message, 20, attribute.list ? attribute_ints : attribute_int);
  return message;
}

/// A ValueInfoProto: a name and the type of a float tensor.
std::string value_info(const std::string& name, const OnnxModel::Dims& dims) {
  std::string shape, tensor, type, info;
  for (const std::int64_t dim : dims) {
    std::string dimension;
    add_number(dimension, 1, dim);
    add_bytes(shape, 1, dimension);
  }
  add_number(tensor, 1, float32);
  add_bytes(tensor, 2, shape);
  add_bytes(type, 1, tensor);
  add_bytes(info, 1, name);
  add_bytes(info, 2, type);
  return info;
}

}  // namespace

void OnnxModel::add_tensor(const Name& name, const Dims& dims, const std::vector<float>& values) {
  std::string tensor, raw(values.size() * sizeof(float), '\0');
  std::memcpy(raw.data(), values.data(), raw.size());
  for (const std::int64_t dim : dims) add_number(tensor, 1, dim);
  add_number(tensor, 2, float32);
  add_bytes(tensor, 8, name);
  add_bytes(tensor, 9, raw);
  add_bytes(tensors_, 5, tensor);
}

OnnxModel::Name OnnxModel::weights(const Dims& dims) {
  std::int64_t size = 1;
  for (const std::int64_t dim : dims) size *= dim;
  std::vector<float> values(static_cast<std::size_t>(size));
  std::uint32_t state = 1;
  for (float& value : values) {
    state = state * 1664525u + 1013904223u;
    value = static_cast<float>(state >> 16) / 65536.f - .5f;
  }
  const Name name = new_name();
  add_tensor(name, dims, values);
  return name;
}

OnnxModel::Name OnnxModel::constant(float value) {
  const Name name = new_name();
  add_tensor(name, {}, {value});
  return name;
}

OnnxModel::Name OnnxModel::node(const std::string& type, const std::vector<Name>& inputs,
                                const std::vector<Attribute>& attributes) {
  const Name output = new_name();
  std::string message;
  for (const Name& input : inputs) add_bytes(message, 1, input);
  add_bytes(message, 2, output);
  add_bytes(message, 4, type);
  for (const Attribute& attribute : attributes) add_bytes(message, 5, attribute_message(attribute));
  add_bytes(nodes_, 1, message);
  return output;
}

std::string OnnxModel::bytes(const Name& output, const Dims& dims) const {
  std::string graph = nodes_;
  add_bytes(graph, 2, "benchmark");
  graph += tensors_;
  add_bytes(graph, 11, value_info("x", input_));
  add_bytes(graph, 12, value_info(output, dims));
  std::string opset, model;
  add_bytes(opset, 1, "");
  add_number(opset, 2, 13);
  add_number(model, 1, 7);  // the version of the format
  add_bytes(model, 7, graph);
  add_bytes(model, 8, opset);
  return model;
}

}  // namespace benchmarks

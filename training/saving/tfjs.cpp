#include "tfjs.hpp"

#include <map>
#include <memory>

#include <nlohmann/json.hpp>

#include "../../framework/base/error.hpp"
#include "../../framework/io/atomic_file.hpp"
#include "../../framework/io/npy.hpp"
#include "../../framework/io/zip.hpp"
#include "../../framework/shape_json.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

/// An element type as NumPy names it, with its bytes.
struct Type {
  const char* descr;
  std::size_t size;
};

Type type_of(const std::string& dtype, const std::string& where) {
  static const std::map<std::string, Type> types = {
      {"float32", {"<f4", 4}}, {"float16", {"<f2", 2}}, {"int32", {"<i4", 4}},
      {"uint8", {"|u1", 1}},   {"uint16", {"<u2", 2}},  {"bool", {"|b1", 1}}};
  const auto found = types.find(dtype);
  if (found == types.end())
    throw FileError(concat(where, ": weights of type '", dtype, "' are not read"));
  return found->second;
}

/// The number of elements; no more than `most`.
std::size_t count_of(const Shape& shape, std::size_t most, const std::string& where) {
  std::size_t count = 1;
  for (const Dim dim : shape) {
    const auto size = static_cast<std::size_t>(dim);
    if (dim < 0 || (size > 0 && count > most / size))
      throw FileError(concat(where, ": the shape ", shape, " is more than the shards hold"));
    count *= size;
  }
  return count;
}

class Reader {
 public:
  Reader(const std::filesystem::path& path) : path_(path) {}

  void read_group(const Json& group, std::vector<NamedWeight>& weights) {
    std::string joined;
    for (const Json& shard : group.at("paths")) {
      const auto name = shard.get<std::string>();
      if (!io::is_safe_member_name(name))
        throw FileError(concat(path_.string(), ": weightsManifest names a file elsewhere: ", name));
      joined += io::read_file(path_.parent_path() / name);
    }
    const auto bytes = std::make_shared<const std::string>(std::move(joined));
    std::size_t at = 0;
    for (const Json& weight : group.at("weights")) {
      const auto name = weight.at("name").get<std::string>();
      const std::string where = concat(path_.string(), ": weight '", name, "'");
      const bool is_quantised =
          weight.contains("quantization") && weight["quantization"].is_object();
      const Json& stored = is_quantised ? weight["quantization"] : weight;
      const Type type = type_of(stored.at("dtype").get<std::string>(), where);
      const Shape shape = weight.at("shape").get<ShapeJson>().value;
      const std::size_t left = bytes->size() - at;
      const std::size_t size = count_of(shape, left / type.size, where) * type.size;
      const io::NpyHeader header{
          .descr = type.descr, .fortran_order = false, .shape = shape, .data_offset = 0};
      const double scale = is_quantised ? stored.value("scale", 1.0) : 1,
                   low = is_quantised ? stored.value("min", 0.0) : 0;
      weights.push_back({name, [bytes, at, size, header, where, scale, low] {
                           Tensor tensor = io::parse_elements<real>(
                               header, std::string_view(*bytes).substr(at, size), where);
                           if (scale != 1 || low != 0) {
                             for (real& value : tensor)
                               value = static_cast<real>(double{value} * scale + low);
                           }
                           return tensor;
                         }});
      at += size;
    }
  }

 private:
  const std::filesystem::path& path_;
};

}  // namespace

bool is_tfjs(const Json& json) {
  return json.is_object() && (json.contains("modelTopology") || json.contains("weightsManifest"));
}

std::vector<NamedWeight> tfjs_weights(const Json& json, const std::filesystem::path& path) {
  if (json.value("format", Json()) == "graph-model") {
    throw FileError(concat(path.string(), " is a graph model of TensorFlow.js, which has lost its ",
                           "layers: convert the Keras model to a layers model instead"));
  }
  std::vector<NamedWeight> weights;
  try {
    Reader reader(path);
    for (const Json& group : json.value("weightsManifest", Json::array()))
      reader.read_group(group, weights);
  } catch (const nlohmann::json::exception& error) {
    throw FileError(concat(path.string(), ": weightsManifest is malformed: ", error.what()));
  }
  return weights;
}

}  // namespace keratin::inline KERATIN_VARIANT::saving

#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "../../framework/function.hpp"
#include "../../framework/shape_json.hpp"
#include "../../training/saving/load_function.hpp"

namespace keratin::inline KERATIN_VARIANT::testing {

/// The config of a model of one operation as Keras 3 writes it. In `args` and `kwargs`, "$0" stands
/// for the first input, whose shape is without the batch axis.
inline Json operation_json(const std::string& class_name, const std::string& config,
                           const std::string& args, const Shapes& inputs,
                           const std::string& kwargs = "{}", const std::string& dtype = "float32") {
  Json layers = Json::array(), input_layers = Json::array();
  std::string call = R"({"args": )" + args + R"(, "kwargs": )" + kwargs + "}";
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const std::string name = "in_" + std::to_string(i);
    Json shape = ShapeJson{inputs[i]};
    shape.insert(shape.begin(), nullptr);
    layers.push_back({{"module", "keras.layers"},
                      {"class_name", "InputLayer"},
                      {"config", {{"batch_shape", shape}, {"dtype", dtype}, {"name", name}}},
                      {"registered_name", nullptr},
                      {"name", name},
                      {"inbound_nodes", Json::array()}});
    input_layers.push_back({name, 0, 0});
    const Json tensor = {
        {"class_name", "__keras_tensor__"},
        {"config", {{"shape", shape}, {"dtype", dtype}, {"keras_history", {name, 0, 0}}}}};
    const std::string mark = "\"$" + std::to_string(i) + "\"";
    for (auto at = call.find(mark); at != call.npos; at = call.find(mark))
      call.replace(at, mark.size(), tensor.dump());
  }
  Json settings = Json::parse(config);
  settings["name"] = "op";
  layers.push_back({{"module", "keras.src.ops.numpy"},
                    {"class_name", class_name},
                    {"config", settings},
                    {"registered_name", class_name},
                    {"name", "op"},
                    {"inbound_nodes", Json::array({Json::parse(call)})}});
  Json model = {{"module", "keras.src.models.functional"},
                {"class_name", "Functional"},
                {"config",
                 {{"name", "model"},
                  {"trainable", true},
                  {"layers", layers},
                  {"input_layers", input_layers},
                  {"output_layers", Json::array({Json::array({"op", 0, 0})})}}},
                {"registered_name", "Functional"}};
  return model;
}

inline LayerHandle operation_model(const std::string& class_name, const std::string& config,
                                   const std::string& args, const Shapes& inputs,
                                   const std::string& kwargs = "{}") {
  return LayerHandle(
      function_from_json(operation_json(class_name, config, args, inputs, kwargs).dump()));
}

}  // namespace keratin::inline KERATIN_VARIANT::testing

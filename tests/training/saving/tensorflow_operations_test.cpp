#include <cmath>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../training/saving/load_function.hpp"
#include "../../support/check_layers.hpp"
#include "../../support/filled.hpp"

// TensorFlow's functions in graphs of Keras 2.

namespace keratin::inline KERATIN_VARIANT {
namespace {

using testing::filled;

/// A model of Keras 2 with inputs "a" and "b" of `shapes`, and `layers`, the last of which is "op".
std::shared_ptr<Function> model_of(const Shapes& shapes, const std::string& layers) {
  Json list = Json::array(), inputs = Json::array();
  const char* names[] = {"a", "b"};
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    Json shape = Json::array({nullptr});
    for (const Dim size : shapes[i]) shape.push_back(size);
    list.push_back({{"class_name", "InputLayer"},
                    {"config",
                     {{"batch_input_shape", shape},
                      {"dtype", "float32"},
                      {"sparse", false},
                      {"ragged", false},
                      {"name", names[i]}}},
                    {"name", names[i]},
                    {"inbound_nodes", Json::array()}});
    inputs.push_back({names[i], 0, 0});
  }
  for (const Json& layer : Json::parse("[" + layers + "]")) list.push_back(layer);
  const Json model = {{"class_name", "Functional"},
                      {"keras_version", "2.8.0"},
                      {"config",
                       {{"name", "model"},
                        {"layers", list},
                        {"input_layers", inputs},
                        {"output_layers", Json::array({Json::array({"op", 0, 0})})}}}};
  return function_from_json(model.dump());
}

std::string lambda(const std::string& function, const std::string& node,
                   const std::string& class_name = "TFOpLambda") {
  return R"({"class_name": ")" + class_name +
         R"(", "config": {"name": "op", "trainable": true, "dtype": "float32", "function": ")" +
         function + R"("}, "name": "op", "inbound_nodes": [)" + node + "]}";
}

std::string node_def(const std::string& definition, const std::string& constants,
                     const std::string& node) {
  return R"({"class_name": "TensorFlowOpLayer", "config": {"name": "op", "trainable": true,
      "dtype": "float32", "node_def": )" +
         definition + R"(, "constants": )" + constants + R"(}, "name": "op", "inbound_nodes": [)" +
         node + "]}";
}

Tensor computed(const Function& function, const Tensors& inputs) {
  std::vector<const Tensor*> references;
  for (const Tensor& input : inputs) references.push_back(&input);
  Step step;
  Context context(step);
  context.run(function, references);
  return context.take_outputs()[0];
}

const Tensor& x() {
  static const Tensor tensor = filled({1, 2, 3}, {1, 2, 3, 4, 5, 6});
  return tensor;
}

void check(const std::string& layer, const Tensor& expected) {
  CAPTURE(layer);
  const Tensor actual = computed(*model_of({{2, 3}}, layer), {x()});
  REQUIRE(shape_of(actual) == shape_of(expected));
  testing::check_close(actual, expected, 1e-6);
}

std::string refusal(const std::string& layer) {
  try {
    model_of({{2, 3}}, layer);
  } catch (const ValueError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("TFOpLambda: arithmetic") {
  check(lambda("math.multiply", R"(["a", 0, 0, {"y": 2.0, "name": null}])"),
        filled({1, 2, 3}, {2, 4, 6, 8, 10, 12}));
  check(lambda("__operators__.add", R"(["a", 0, 0, {"y": [10, 20, 30], "name": null}])"),
        filled({1, 2, 3}, {11, 22, 33, 14, 25, 36}));
  check(lambda("math.subtract", R"(["_CONSTANT_VALUE", -1, 10, {"y": ["a", 0, 0]}])"),
        filled({1, 2, 3}, {9, 8, 7, 6, 5, 4}));
  check(lambda("math.truediv", R"([["a", 0, 0, {"y": ["a", 0, 0]}]])"),
        filled({1, 2, 3}, {1, 1, 1, 1, 1, 1}));
  check(lambda("math.squared_difference", R"(["a", 0, 0, {"y": 2}])"),
        filled({1, 2, 3}, {1, 0, 1, 4, 9, 16}));
  check(lambda("nn.relu6", R"(["a", 0, 0, {}])"), x());
  check(lambda("clip_by_value", R"(["a", 0, 0, {"clip_value_min": 2, "clip_value_max": 5}])"),
        filled({1, 2, 3}, {2, 2, 3, 4, 5, 5}));
}

TEST_CASE("TFOpLambda: shapes and reductions") {
  check(lambda("reshape", R"(["a", 0, 0, {"shape": [-1, 6]}])"),
        filled({1, 6}, {1, 2, 3, 4, 5, 6}));
  check(lambda("compat.v1.transpose", R"(["a", 0, 0, {"perm": [0, 2, 1]}])"),
        filled({1, 3, 2}, {1, 4, 2, 5, 3, 6}));
  check(lambda("math.reduce_mean", R"(["a", 0, 0, {"axis": [1, 2], "keepdims": false}])"),
        filled({1}, {3.5}));
  check(lambda("math.reduce_sum", R"(["a", 0, 0, {"axis": -1, "keepdims": true}])"),
        filled({1, 2, 1}, {6, 15}));
  check(lambda("math.argmax", R"(["a", 0, 0, {"axis": -1}])"), filled({1, 2}, {2, 2}));
  check(lambda("expand_dims", R"(["a", 0, 0, {"axis": 1}])"),
        filled({1, 1, 2, 3}, {1, 2, 3, 4, 5, 6}));
  check(lambda("concat", R"([["a", 0, 0, {"axis": -1}], ["a", 0, 0, {"axis": -1}]])"),
        filled({1, 2, 6}, {1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6}));
  check(lambda("stack", R"([["a", 0, 0, {"axis": 1}], ["a", 0, 0, {"axis": 1}]])"),
        filled({1, 2, 2, 3}, {1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6}));
  check(lambda("tile", R"(["a", 0, 0, {"multiples": [1, 1, 2]}])"),
        filled({1, 2, 6}, {1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6}));
  check(lambda("compat.v1.pad", R"(["a", 0, 0, {"paddings": [[0, 0], [0, 0], [1, 0]],
      "mode": "CONSTANT", "constant_values": 0}])"),
        filled({1, 2, 4}, {0, 1, 2, 3, 0, 4, 5, 6}));
  check(lambda("compat.v1.gather", R"(["a", 0, 0, {"indices": [2, 0], "axis": 2,
      "batch_dims": 0}])"),
        filled({1, 2, 2}, {3, 1, 6, 4}));
  check(lambda("linalg.matmul", R"(["a", 0, 0, {"b": ["a", 0, 0], "transpose_b": true}])"),
        filled({1, 2, 2}, {14, 32, 32, 77}));
  check(lambda("math.l2_normalize", R"(["a", 0, 0, {"axis": -1}])"),
        filled({1, 2, 3}, {1 / std::sqrt(14.), 2 / std::sqrt(14.), 3 / std::sqrt(14.),
                           4 / std::sqrt(77.), 5 / std::sqrt(77.), 6 / std::sqrt(77.)}));
  check(lambda("cast", R"(["a", 0, 0, {"dtype": "float32"}])"), x());
}

TEST_CASE("SlicingOpLambda") {
  check(lambda("__operators__.getitem",
               R"(["a", 0, 0, {"slice_spec": [{"start": null, "stop": null, "step": null}, 1]}])",
               "SlicingOpLambda"),
        filled({1, 3}, {4, 5, 6}));
  check(lambda("__operators__.getitem", R"(["a", 0, 0, {"slice_spec": [{"class_name":
      "__ellipsis__", "config": {}}, {"start": null, "stop": null, "step": -1}]}])",
               "SlicingOpLambda"),
        filled({1, 2, 3}, {3, 2, 1, 6, 5, 4}));
}

TEST_CASE("TensorFlowOpLayer, with its protocol buffer as an object or as text") {
  check(node_def(R"({"name": "Reshape", "op": "Reshape", "input": ["a", "Reshape/shape"],
      "attr": {"T": {"type": "DT_FLOAT"}}})",
                 R"({"1": [-1, 6]})", R"([["a", 0, 0, {}]])"),
        filled({1, 6}, {1, 2, 3, 4, 5, 6}));
  check(node_def(R"("{\"name\": \"Mul\", \"op\": \"Mul\", \"input\": [\"Mul/x\", \"a\"], )"
                 R"(\"attr\": {}}")",
                 R"({"0": 3.0})", R"([["a", 0, 0, {}]])"),
        filled({1, 2, 3}, {3, 6, 9, 12, 15, 18}));
  check(node_def(R"({"op": "Mean", "input": ["a", "b"], "attr": {"keep_dims": {"b": true}}})",
                 R"({"1": [2]})", R"([["a", 0, 0, {}]])"),
        filled({1, 2, 1}, {2, 5}));
  check(node_def(R"({"op": "ConcatV2", "input": ["a", "a", "c"], "attr": {"N": {"i": "2"}}})",
                 R"({"2": 1})", R"([["a", 0, 0, {}], ["a", 0, 0, {}]])"),
        filled({1, 4, 3}, {1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6}));
  check(node_def(R"({"op": "StridedSlice", "input": ["a", "b", "c", "d"], "attr": {
      "begin_mask": {"i": "1"}, "end_mask": {"i": "1"}, "shrink_axis_mask": {"i": "2"}}})",
                 R"({"1": [0, 1], "2": [0, 2], "3": [1, 1]})", R"([["a", 0, 0, {}]])"),
        filled({1, 3}, {4, 5, 6}));
  check(node_def(R"({"op": "Cast", "input": ["a"], "attr": {"DstT": {"type": "DT_INT32"}}})", "{}",
                 R"([["a", 0, 0, {}]])"),
        x());
}

TEST_CASE("Functions of TensorFlow that are not known are refused by name") {
  CHECK(refusal(lambda("image.extract_patches", R"(["a", 0, 0, {}])")) ==
        "Layer 'op' calls the TensorFlow function `image.extract_patches`, which Keratin does not "
        "know");
  CHECK(refusal(lambda("math.cumsum", R"(["a", 0, 0, {}])")) ==
        "Layer 'op' calls the TensorFlow function `cumsum`, which Keratin does not know");
  CHECK(refusal(lambda("nn.relu", R"(["a", 0, 0, {"extra": 3}])")) ==
        "Layer 'op' calls the TensorFlow function `relu`, with `extra`=3, which Keras 3 has not");
  CHECK(refusal(node_def(R"({"op": "Svd", "input": ["a"]})", "{}", R"([["a", 0, 0, {}]])")) ==
        "Layer 'op' calls the TensorFlow function `Svd`, which Keratin does not know");
  CHECK(refusal(node_def(R"({"op": "Squeeze", "input": ["a"], "attr": {"squeeze_dims": {"list":
      {"i": ["x"]}}}})",
                         "{}", R"([["a", 0, 0, {}]])"))
            .starts_with("The config of the model is malformed: "));
  CHECK(refusal(node_def("7", "{}", R"([["a", 0, 0, {}]])"))
            .starts_with("The config of the model is malformed: "));
}

}  // namespace keratin::inline KERATIN_VARIANT

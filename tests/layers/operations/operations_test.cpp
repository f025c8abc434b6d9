#include <doctest/doctest.h>

#include "../../../training/model.hpp"
#include "../../support/check_layers.hpp"
#include "../../support/filled.hpp"
#include "../../support/operation_model.hpp"

using namespace keratin;
using testing::filled;
using testing::operation_json;
using testing::operation_model;

namespace {

/// What the operation makes of tensors.
Tensor computed(const LayerHandle& model, const Tensors& inputs) {
  std::vector<const Tensor*> references;
  for (const Tensor& input : inputs) references.push_back(&input);
  Step step;
  Context context(step);
  context.run(*model, references);
  return context.take_outputs()[0];
}

void check_equal(const Tensor& actual, const Tensor& expected) {
  REQUIRE(shape_of(actual) == shape_of(expected));
  testing::check_close(actual, expected, 1e-6);
}

std::string refusal(const std::string& class_name, const std::string& config,
                    const std::string& args, const Shapes& inputs) {
  try {
    operation_model(class_name, config, args, inputs);
  } catch (const ValueError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("Operations of single elements") {
  std::vector<testing::LayerCase> cases;
  for (const char* name :
       {"Absolute",   "Abs",        "Negative",   "Sign",        "Square",     "Cbrt",
        "Reciprocal", "Exp",        "Exp2",       "Expm1",       "Sin",        "Cos",
        "Tan",        "Sinh",       "Cosh",       "Tanh",        "Arctan",     "Arcsinh",
        "Erf",        "Relu",       "Relu6",      "Sigmoid",     "Softplus",   "Softsign",
        "Silu",       "LogSigmoid", "LeakyRelu",  "HardSigmoid", "HardSilu",   "Elu",
        "Celu",       "Selu",       "Gelu",       "HardTanh",    "TanhShrink", "Squareplus",
        "SparsePlus", "Softmax",    "LogSoftmax", "OnesLike",    "ZerosLike",  "Copy"}) {
    cases.push_back({name, operation_model(name, "{}", R"(["$0"])", {{5}}), {{3, 5}}});
  }
  for (const char* name : {"Sqrt", "Rsqrt", "Log", "Log10", "Log1p", "Log2"}) {
    cases.push_back(
        {name, operation_model(name, "{}", R"(["$0"])", {{5}}), {{3, 5}}, {.low = 0.5, .high = 3}});
  }
  for (const char* name : {"Arcsin", "Arccos", "Arctanh"}) {
    cases.push_back({name,
                     operation_model(name, "{}", R"(["$0"])", {{5}}),
                     {{3, 5}},
                     {.low = -0.9, .high = 0.9}});
  }
  cases.push_back({"Arccosh",
                   operation_model("Arccosh", "{}", R"(["$0"])", {{5}}),
                   {{3, 5}},
                   {.low = 1.5, .high = 3}});
  cases.push_back({"Clip",
                   operation_model("Clip", R"({"x_min": -0.5, "x_max": 0.7})", R"(["$0"])", {{5}}),
                   {{3, 5}}});
  cases.push_back({"Softmax of axis 1",
                   operation_model("Softmax", R"({"axis": 1})", R"(["$0"])", {{5, 2}}),
                   {{3, 5, 2}}});
  cases.push_back({"Gelu exactly",
                   operation_model("Gelu", R"({"approximate": false})", R"(["$0"])", {{5}}),
                   {{3, 5}}});
  testing::check_layers(cases);
}

TEST_CASE("Operations of pairs, with constants on either side and broadcasting") {
  std::vector<testing::LayerCase> cases;
  for (const char* name : {"Add", "Subtract", "Multiply", "Divide", "TrueDivide", "DivideNoNan",
                           "Maximum", "Minimum", "Arctan2", "Logaddexp", "Mod"}) {
    cases.push_back({std::string(name) + " of equal shapes",
                     operation_model(name, "{}", R"(["$0", "$1"])", {{4}, {4}}),
                     {{3, 4}, {3, 4}},
                     {.low = 0.3, .high = 3}});
    cases.push_back({std::string(name) + " broadcast",
                     operation_model(name, "{}", R"(["$0", "$1"])", {{2, 1, 4}, {1, 3, 1}}),
                     {{3, 2, 1, 4}, {3, 1, 3, 1}},
                     {.low = 0.3, .high = 3}});
    cases.push_back({std::string(name) + " with a constant",
                     operation_model(name, "{}", R"(["$0", 1.25])", {{4}}),
                     {{3, 4}}});
    cases.push_back({std::string(name) + " of a constant",
                     operation_model(name, "{}", R"([1.25, "$0"])", {{4}}),
                     {{3, 4}},
                     {.low = 0.3, .high = 3}});
  }
  cases.push_back({"Power",
                   operation_model("Power", "{}", R"(["$0", "$1"])", {{4}, {4}}),
                   {{3, 4}, {3, 4}},
                   {.low = 0.3, .high = 2}});
  cases.push_back(
      {"Power of a constant", operation_model("Power", "{}", R"([2, "$0"])", {{4}}), {{3, 4}}});
  cases.push_back(
      {"Add of lists",
       operation_model("Add", "{}", R"(["$0"])", {{2, 2}}, R"({"x2": [[1, 2.5], [3, 4]]})"),
       {{3, 2, 2}}});
  cases.push_back({"of one tensor twice",
                   operation_model("Multiply", "{}", R"(["$0", "$0"])", {{4}}),
                   {{3, 4}}});
  cases.push_back({"of nothing", operation_model("Add", "{}", R"(["$0", 1])", {{4}}), {{0, 4}}});
  cases.push_back({"Where",
                   operation_model("Where", "{}", R"(["$0", "$1", 0.5])", {{4}, {4}}),
                   {{3, 4}, {3, 4}}});
  testing::check_layers(cases);
}

TEST_CASE("Reductions") {
  std::vector<testing::LayerCase> cases;
  for (const char* name :
       {"Sum", "Mean", "Max", "Min", "Amax", "Amin", "Prod", "Var", "Std", "Logsumexp", "Norm"}) {
    for (const char* config : {R"({"axis": 1, "keepdims": false})", R"({"axis": -1})",
                               R"({"axis": [1, 2], "keepdims": true})", R"({"axis": null})"}) {
      cases.push_back({std::string(name) + config,
                       operation_model(name, config, R"(["$0"])", {{4, 3}}),
                       {{2, 4, 3}}});
    }
  }
  cases.pop_back();
  testing::check_layers(cases);
}

TEST_CASE("Operations that move and take elements") {
  const auto one = [](const char* name, const char* config, const Shape& shape,
                      const char* args = R"(["$0"])") {
    Shape batch = shape;
    batch.insert(batch.begin(), 2);
    return testing::LayerCase{
        std::string(name) + config + args, operation_model(name, config, args, {shape}), {batch}};
  };
  testing::check_layers({
      one("Reshape", R"({"newshape": [-1, 6, 2]})", {4, 3}),
      one("Reshape", R"({"newshape": [-1, 3]})", {4, 3}),
      one("Ravel", "{}", {4, 3}),
      one("ExpandDims", R"({"axis": 1})", {4}),
      one("ExpandDims", R"({"axis": [-1, 1]})", {4}),
      one("Squeeze", R"({"axis": 2})", {4, 1, 3}),
      one("Squeeze", R"({"axis": -2})", {4, 1, 3}),
      one("Transpose", R"({"axes": [0, 2, 1]})", {4, 3}),
      one("Swapaxes", R"({"axis1": 1, "axis2": -1})", {4, 3, 2}),
      one("Moveaxis", R"({"source": 1, "destination": -1})", {4, 3, 2}),
      one("GetItem", "{}", {4, 3},
          R"(["$0", [{"class_name": "__slice__", "config": {"start": null, "stop": null,
             "step": null}}, 1]])"),
      one("GetItem", "{}", {5, 3},
          R"(["$0", [{"class_name": "__ellipsis__", "config": {}}, null, {"class_name":
             "__slice__", "config": {"start": -1, "stop": null, "step": -2}}]])"),
      one("GetItem", "{}", {5, 3},
          R"(["$0", [{"class_name": "__slice__", "config": {"start": null, "stop": null,
             "step": null}}, [0, 3, 3]]])"),
      one("Slice", R"({"start_indices": [0, 1, 0], "shape": [-1, 2, 3]})", {4, 3}),
      one("Slice", "{}", {4, 3}, R"(["$0", [0, 1, 0], [-1, 2, 2]])"),
      one("Take", R"({"axis": 1})", {4, 3}, R"(["$0", [[0, 3], [-1, 3]]])"),
      one("Flip", R"({"axis": 1})", {4, 3}),
      one("Roll", R"({"shift": -1, "axis": 1})", {4, 3}),
      one("Repeat", R"({"repeats": 2, "axis": 1})", {4, 3}),
      one("Tile", R"({"repeats": [1, 2, 3]})", {4, 3}),
      one("Tile", R"({"repeats": 2})", {4, 3}),
      one("Pad", R"({"pad_width": [[0, 0], [1, 2], [0, 1]]})", {4, 3}),
      one("Pad", R"({"pad_width": [[0, 0], [5, 6], [2, 1]], "mode": "reflect"})", {4, 3}),
      one("Pad", R"({"pad_width": [[0, 0], [5, 6], [2, 1]], "mode": "symmetric"})", {4, 3}),
      one("Pad", R"({"pad_width": [[0, 0], [5, 6], [2, 1]], "mode": "edge"})", {4, 3}),
      one("Unstack", R"({"num": null, "axis": 1})", {1, 3}),
      one("Split", R"({"indices_or_sections": 1, "axis": -1})", {4, 3}),
      one("Normalize", R"({"axis": 1, "order": 2})", {4, 3}),
      one("Cast", R"({"dtype": "float16"})", {4}),
      one("Resize", R"({"size": [5, 3], "interpolation": "bilinear"})", {4, 4, 2}),
      one("Resize", R"({"size": [3, 9], "interpolation": "nearest"})", {4, 4, 2}),
      one("Resize",
          R"({"size": [3, 9], "interpolation": "bicubic", "data_format": "channels_first"})",
          {2, 4, 4}),
  });
}

TEST_CASE("Operations of several tensors") {
  const auto two = [](const char* name, const char* config, const char* args, const Shape& a,
                      const Shape& b) {
    Shapes batches = {a, b};
    for (Shape& shape : batches) shape.insert(shape.begin(), 2);
    return testing::LayerCase{std::string(name) + config + args,
                              operation_model(name, config, args, {a, b}), batches};
  };
  testing::check_layers({
      two("Concatenate", R"({"axis": -1})", R"([["$0", "$1"]])", {4, 3}, {4, 2}),
      two("Concatenate", R"({"axis": 1})", R"([["$0", "$1", "$0"]])", {4, 3}, {1, 3}),
      two("Append", R"({"axis": 1})", R"(["$0", "$1"])", {4, 3}, {1, 3}),
      two("Stack", R"({"axis": 1})", R"([["$0", "$1"]])", {4, 3}, {4, 3}),
      two("Stack", R"({"axis": -1})", R"([["$0", "$1"]])", {4, 3}, {4, 3}),
      two("Matmul", "{}", R"(["$0", "$1"])", {4, 3}, {3, 5}),
      two("Matmul", "{}", R"(["$0", "$1"])", {2, 4, 3}, {1, 3, 5}),
      two("Matmul", "{}", R"(["$0", [[1, 2], [3, 4], [5, 6]]])", {4, 3}, {1}),
      two("Matmul", "{}", R"(["$0", [1, 2, 3]])", {4, 3}, {1}),
  });
}

TEST_CASE("Operations compute what numpy does") {
  const Tensor x = filled({1, 2, 3}, {1, 2, 3, 4, 5, 6});
  const auto of_x = [&](const char* name, const char* config, const char* args = R"(["$0"])") {
    return computed(operation_model(name, config, args, {{2, 3}}), {x});
  };
  check_equal(of_x("Subtract", "{}", R"([10, "$0"])"), filled({1, 2, 3}, {9, 8, 7, 6, 5, 4}));
  check_equal(of_x("FloorDivide", "{}", R"(["$0", -2])"),
              filled({1, 2, 3}, {-1, -1, -2, -2, -3, -3}));
  check_equal(of_x("Mod", "{}", R"(["$0", -4])"), filled({1, 2, 3}, {-3, -2, -1, 0, -3, -2}));
  check_equal(of_x("Greater", "{}", R"(["$0", 3])"), filled({1, 2, 3}, {0, 0, 0, 1, 1, 1}));
  check_equal(of_x("Round", R"({"decimals": -1})"), filled({1, 2, 3}, {0, 0, 0, 0, 0, 10}));
  check_equal(of_x("Mean", R"({"axis": [1, 2]})"), filled({1}, {3.5}));
  check_equal(of_x("Var", R"({"axis": -1})"), filled({1, 2}, {2. / 3, 2. / 3}));
  check_equal(of_x("Argmax", R"({"axis": -1})"), filled({1, 2}, {2, 2}));
  check_equal(of_x("CountNonzero", R"({"axis": 1})"), filled({1, 3}, {2, 2, 2}));
  check_equal(of_x("Transpose", R"({"axes": null})"), filled({3, 2, 1}, {1, 4, 2, 5, 3, 6}));
  check_equal(of_x("OneHot", R"({"num_classes": 3})"),
              filled({1, 2, 3, 3}, {0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
  check_equal(of_x("Pad", R"({"pad_width": [[0, 0], [0, 0], [2, 2]], "mode": "reflect"})"),
              filled({1, 2, 7}, {3, 2, 1, 2, 3, 2, 1, 6, 5, 4, 5, 6, 5, 4}));
  check_equal(of_x("Pad", R"({"pad_width": [[0, 0], [0, 0], [2, 2]], "mode": "symmetric"})"),
              filled({1, 2, 7}, {2, 1, 1, 2, 3, 3, 2, 5, 4, 4, 5, 6, 6, 5}));
  check_equal(of_x("Pad", R"({"pad_width": [[0, 0], [1, 0], [0, 0]], "constant_values": 7})"),
              filled({1, 3, 3}, {7, 7, 7, 1, 2, 3, 4, 5, 6}));
  check_equal(of_x("Tile", R"({"repeats": [1, 2]})"),
              filled({1, 2, 6}, {1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6}));
  check_equal(of_x("Repeat", R"({"repeats": 2, "axis": 2})"),
              filled({1, 2, 6}, {1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6}));
  check_equal(of_x("Roll", R"({"shift": 1, "axis": -1})"), filled({1, 2, 3}, {3, 1, 2, 6, 4, 5}));
  check_equal(of_x("Take", R"({"axis": null})", R"(["$0", [5, -6]])"), filled({2}, {6, 1}));
  check_equal(of_x("GetItem", "{}", R"(["$0", [{"class_name": "__slice__", "config": {"start":
      null, "stop": null, "step": null}}, -1, {"class_name": "__slice__", "config": {"start":
      null, "stop": null, "step": -2}}]])"),
              filled({1, 2}, {6, 4}));
  check_equal(of_x("GetItem", "{}", R"(["$0", 0])"), filled({2, 3}, {1, 2, 3, 4, 5, 6}));
  check_equal(of_x("Matmul", "{}", R"(["$0", [1, 0, -1]])"), filled({1, 2}, {-2, -2}));
  check_equal(of_x("BroadcastTo", R"({"shape": [2, 2, 3]})"),
              filled({2, 2, 3}, {1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6}));
}

TEST_CASE("Operations give their dtypes as Keras does") {
  const auto dtype = [](const char* name, const char* config, const char* args,
                        const char* of_input) {
    const LayerHandle model(
        function_from_json(operation_json(name, config, args, {{3}}, "{}", of_input).dump()));
    return model->output_dtype(0);
  };
  CHECK(dtype("NotEqual", "{}", R"(["$0", 0])", "int32") == "bool");
  CHECK(dtype("Any", R"({"axis": -1})", R"(["$0"])", "bool") == "bool");
  CHECK(dtype("Add", "{}", R"(["$0", 1])", "int32") == "int32");
  CHECK(dtype("Add", "{}", R"(["$0", 1.5])", "int32") == "float32");
  CHECK(dtype("Add", "{}", R"(["$0", 1.5])", "float16") == "float16");
  CHECK(dtype("Divide", "{}", R"(["$0", 2])", "int32") == "float32");
  CHECK(dtype("Cast", R"({"dtype": "int32"})", R"(["$0"])", "float32") == "int32");
  CHECK(dtype("Argmax", R"({"axis": -1})", R"(["$0"])", "float32") == "int32");
}

TEST_CASE("Operations are written as they were read, and have no weights") {
  const Json json = operation_json("Add", "{}", R"(["$0", 2.0])", {{3}});
  const auto function = function_from_json(json.dump());
  const Json again = Json::parse(Model(function).to_json());
  CHECK(again["config"]["layers"][1] == json["config"]["layers"][1]);
  CHECK(function->layers().size() == 1);
  CHECK(function->sublayers().size() == 1);
  const Json clip = operation_json("Clip", R"({"x_min": 0, "x_max": 6.0})", R"(["$0"])", {{3}});
  CHECK(Json::parse(Model(function_from_json(clip.dump())).to_json())["config"]["layers"][1] ==
        clip["config"]["layers"][1]);
}

TEST_CASE("Operations are refused with a reason") {
  CHECK(refusal("Fft2", "{}", R"(["$0"])", {{3}}) ==
        "Layer 'op' (Fft2): is the operation keras.src.ops.numpy.Fft2, which Keratin does not "
        "know. A layer of yours that computes it can take its place: "
        "keratin::register_layer<Fft2Layer>();");
  CHECK(refusal("Mean", R"({"axis": 7})", R"(["$0"])", {{3}}) ==
        "Layer 'op' (Mean): Mean: axis 7 is out of bounds for array of dimension 2");
  CHECK(refusal("Mean", R"({"axis": 1, "where": 3})", R"(["$0"])", {{3}}) ==
        "Layer 'op' (Mean): Unrecognized keyword arguments passed to Mean: {'where': 3}");
  CHECK(refusal("Reshape", "{}", R"(["$0", ["$0", 3]])", {{3}}) ==
        "Layer 'op' (Reshape): the argument `newshape` depends on a tensor, which is not "
        "supported: [\"tensor\",3]");
  CHECK(refusal("Reshape", R"({"newshape": [4, 5]})", R"(["$0"])", {{3}}) == "");
  CHECK(refusal("Add", "{}", R"(["$0", 1, 2])", {{3}}) ==
        "Layer 'op' (Add): takes at most 2 arguments");
  CHECK(refusal("Add", "{}", R"(["$0", [[1], [1, 2]]])", {{3}}) ==
        "Layer 'op' (Add): lists of numbers must be as long everywhere");
  CHECK(refusal("Add", "{}", R"(["$0", "two"])", {{3}}).starts_with("Layer 'op' (Add): cannot be"));
  CHECK(refusal("Add", "{}", R"(["$0", [1, 2]])", {{3}}) ==
        "Layer 'op' (Add): Inputs have incompatible shapes. Received shapes (None, 3) and (2,)");
  CHECK(refusal("Tile", R"({"repeats": [1, 99999999999]})", R"(["$0"])", {{3}}) ==
        "Layer 'op' (Tile): an axis of 3 x 99999999999 places is too long");
  CHECK(refusal("Pad", R"({"pad_width": 99999999999})", R"(["$0"])", {{3}}) ==
        "Layer 'op' (Pad): an axis of 99999999999 x 1 places is too long");
  CHECK(refusal("Split", R"({"indices_or_sections": 2, "axis": 1})", R"(["$0"])", {{3}}) ==
        "Layer 'op' (Split): array split does not result in an equal division: 3 places into 2 "
        "parts");
  CHECK(refusal("Matmul", "{}", R"(["$0", [[1, 2]]])", {{3}}) ==
        "Layer 'op' (Matmul): Inner dimensions (`x1.shape[-1]` and `x2.shape[-2]`) must be "
        "equal, but received [(None, 3), (1, 2)]");
  CHECK(refusal("Resize", R"({"size": [4]})", R"(["$0"])", {{3, 3, 1}}) ==
        "Layer 'op' (Resize): Expected `size` to be a tuple of 2 integers. Received: size=(4,)");
}

#include "hashed_crossing.hpp"

#include "../../../framework/base/fingerprint.hpp"
#include "../../../framework/fields_impl.hpp"
#include "../encoding.hpp"
#include "salt.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

/// What TensorFlow joins the first feature to.
constexpr std::uint64_t first_key = 0xDECAFCAFFE;

std::uint64_t fingerprint_of(const Feature& feature) {
  const Dim* const number = std::get_if<Dim>(&feature);
  return number ? static_cast<std::uint64_t>(*number)
                : fingerprint64(std::get<std::string>(feature));
}

/// Keras computes indices in integers.
LayerOptions with_integer_dtype(LayerOptions common, const std::string& mode) {
  if (mode == "int" && common.dtype == LayerOptions{}.dtype) common.dtype = "int64";
  return common;
}

}  // namespace

void HashedCrossingOptions::describe(Fields& fields) {
  fields("num_bins", num_bins)("output_mode", output_mode).constant("sparse", false);
}

HashedCrossingLayer::HashedCrossingLayer(Options options, LayerOptions common)
    : OptionsLayer(options, with_integer_dtype(std::move(common), options.output_mode)) {
  if (options_.num_bins < 1)
    refuse("`num_bins` must be positive. Received: num_bins=", options_.num_bins);
  if (options_.output_mode != "int" && options_.output_mode != "one_hot") {
    refuse("Unknown value for `output_mode` argument. Allowed values are: ('int', 'one_hot'). ",
           "Received: output_mode=", options_.output_mode);
  }
}

std::string HashedCrossingLayer::output_dtype(std::size_t /*i*/) const {
  return options_.output_mode == "int" ? dtype() : "float32";
}

Shapes HashedCrossingLayer::compute_output_shapes(const Shapes& inputs) const {
  if (inputs.size() < 2) {
    refuse("`HashedCrossing` should be called on at least two inputs. Received: ", inputs.size(),
           " inputs");
  }
  const Shape& shape = inputs[0];
  if (shape.size() > 2 || (shape.size() == 2 && shape[1] != 1)) {
    throw ShapeError(concat(label(), ": All `HashedCrossing` inputs should have shape `()`, ",
                            "`(batch_size)` or `(batch_size, 1)`. Received: ", tuple_text(inputs)));
  }
  for (const Shape& other : inputs) {
    if (other != shape) {
      throw ShapeError(concat(label(), ": All `HashedCrossing` inputs should have equal shape. ",
                              "Received: ", tuple_text(inputs)));
    }
  }
  if (options_.output_mode == "int") return {shape};
  return {Encoding(Encoding::one_hot).output_shape(shape, options_.num_bins)};
}

Tensor HashedCrossingLayer::crossed(const std::vector<Features>& columns,
                                    const Shape& shape) const {
  compute_output_shapes(Shapes(columns.size(), shape));
  Tensor bins = empty(shape);
  for (std::size_t i = 0; i < bins.size(); ++i) {
    std::uint64_t hash = first_key;
    for (const Features& column : columns)
      hash = joined_fingerprints(hash, fingerprint_of(column.at(i)));
    bins.data()[i] = static_cast<real>(hash % static_cast<std::uint64_t>(options_.num_bins));
  }
  if (options_.output_mode == "int") return bins;
  return Encoding(Encoding::one_hot).encode(bins, options_.num_bins);
}

Tensors HashedCrossingLayer::forward_all(TensorRefs inputs, Context& /*context*/) const {
  Shapes shapes;
  std::vector<Features> columns;
  for (const Tensor* input : inputs) {
    shapes.push_back(shape_of(*input));
    Features& column = columns.emplace_back();
    for (const real value : *input) column.emplace_back(integer_of(*this, value));
  }
  compute_output_shapes(shapes);
  Tensors outputs;
  outputs.push_back(crossed(columns, shapes[0]));
  return outputs;
}

Tensors HashedCrossingLayer::backward_all(Tensors /*output_gradients*/, Context& context) const {
  Tensors gradients;
  for (const Tensor* input : context.inputs()) gradients.push_back(zeros(shape_of(*input)));
  return gradients;
}

void HashedCrossingLayer::write_config(Json& config) const {
  // Keras writes these and no more, in this order.
  Options options = options_;
  Fields fields = Fields::writer(config);
  options.describe(fields);
  config["name"] = name();
  config["dtype"] = dtype();
}

}  // namespace keratin::inline KERATIN_VARIANT::layers

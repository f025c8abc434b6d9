#pragma once

#include <initializer_list>
#include <utility>
#include <vector>

#include "../../framework/handle.hpp"
#include "../../framework/number.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

/// An argument that is one number or a list of them: `scale = 1 / 255.0`, `scale = {1, 2, 3}`.
class Numbers {
 public:
  /// None.
  Numbers() : list_(true) {}
  Numbers(Number value) : values_{value} {}
  Numbers(double value) : values_{value} {}
  Numbers(int value) : values_{value} {}
  Numbers(std::initializer_list<Number> values) : values_(values), list_(true) {}
  explicit Numbers(std::vector<Number> values) : values_(std::move(values)), list_(true) {}

  const std::vector<Number>& values() const { return values_; }
  bool is_list() const { return list_; }

 private:
  std::vector<Number> values_;
  bool list_ = false;
};

void to_json(Json& json, const Numbers& numbers);
void from_json(const Json& json, Numbers& numbers);

struct RescalingOptions {
  /// One number, or one for each channel (in the format of image_data_format()). Required.
  Numbers scale = 1;
  Numbers offset = 0.0;
  void describe(Fields& fields);
};

/// scale x + offset (keras.layers.Rescaling). Any shape; lists are broadcast to it.
class RescalingLayer final : public OptionsLayer<RescalingLayer, RescalingOptions> {
 public:
  static constexpr std::string_view keras_name = "Rescaling";
  explicit RescalingLayer(Options options = {}, LayerOptions common = {});

  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;
  bool supports_masking() const override { return true; }

 private:
  bool channels_first_;
};

using Rescaling = Handle<RescalingLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers

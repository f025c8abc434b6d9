#include "stft_spectrogram.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "../../../framework/axes_last.hpp"
#include "../../../framework/fields_impl.hpp"
#include "../../../framework/kernels/gemm.hpp"
#include "../../../framework/nn/conv_geometry.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

using kernels::Transpose;

/// keras.config.epsilon()
constexpr auto epsilon = static_cast<real>(1e-7);

nn::WindowPadding window_padding_of(const std::string& padding) {
  return padding == "same" ? nn::WindowPadding::same : nn::WindowPadding::valid;
}

}  // namespace

void STFTSpectrogramOptions::describe(Fields& fields) {
  fields("mode", mode)("frame_length", frame_length)("frame_step", frame_step)(
      "fft_length", fft_length)("window", window)("periodic", periodic)("scaling", scaling)(
      "padding", padding)("data_format", data_format)("expand_dims", expand_dims);
}

STFTSpectrogramLayer::STFTSpectrogramLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)) {
  const Options& o = options_;
  if (o.frame_length < 2)
    refuse("`frame_length` must be at least 2. Received: frame_length=", o.frame_length);
  if (o.frame_step && (*o.frame_step > o.frame_length || *o.frame_step < 1)) {
    refuse("`frame_step` should be a positive integer not greater than `frame_length`. Received ",
           "frame_step=", *o.frame_step, ", frame_length=", o.frame_length);
  }
  if (o.fft_length && *o.fft_length < o.frame_length) {
    refuse("`fft_length` should be not less than `frame_length`. Received fft_length=",
           *o.fft_length, ", frame_length=", o.frame_length);
  }
  const std::array<std::string_view, 7> modes{"log",  "magnitude", "psd", "real",
                                              "imag", "angle",     "stft"};
  if (std::ranges::find(modes, o.mode) == modes.end()) {
    refuse("Output mode is invalid, it must be one of log, magnitude, psd, real, imag, angle, ",
           "stft. Received: mode=", o.mode);
  }
  if (o.scaling && *o.scaling != "density" && *o.scaling != "spectrum") {
    refuse("Scaling is invalid, it must be `None`, 'density' or 'spectrum'. Received scaling=",
           *o.scaling);
  }
  if (o.padding != "valid" && o.padding != "same") {
    refuse("Padding is invalid, it should be 'valid', 'same'. Received: padding=", o.padding);
  }
  frame_step_ = o.frame_step.value_or(o.frame_length / 2);
  fft_length_ = o.fft_length.value_or(
      static_cast<Dim>(std::bit_ceil(static_cast<std::uint64_t>(o.frame_length))));
  set_input_spec({.ndim = 3});
}

void STFTSpectrogramLayer::build_weights(const Shape& input) {
  compute_output_shape(input);
  const auto add = [&](const char* side) {
    return &add_weight({.name = std::string(side) + "_kernel",
                        .shape = {options_.frame_length, 1, static_cast<Dim>(frequencies())},
                        .initializer = initializers::STFT({.side = side,
                                                           .window = options_.window,
                                                           .scaling = options_.scaling,
                                                           .periodic = options_.periodic})});
  };
  if (options_.mode != "imag") real_kernel_ = add("real");
  if (options_.mode != "real") imag_kernel_ = add("imag");
}

Shape STFTSpectrogramLayer::compute_output_shape(const Shape& input) const {
  check_inputs(Shapes{input});
  const bool first = options_.data_format == DataFormat::channels_first;
  const Dim time = input[first ? 2 : 1], channels = input[first ? 1 : 2];
  if (channels == unknown)
    refuse("The channel dimension must be defined. Received: input_shape=", tuple_text(input));
  const Dim count = time == unknown
                        ? unknown
                        : nn::conv_output_length(time, options_.frame_length,
                                                 window_padding_of(options_.padding), frame_step_);
  if (time != unknown && count < 1) {
    throw ShapeError(concat(label(),
                            ": a signal must have at least frame_length=", options_.frame_length,
                            " samples. Received: input_shape=", tuple_text(input)));
  }
  const auto f = static_cast<Dim>(width());
  if (first) {
    if (options_.expand_dims) return {input[0], channels, count, f};
    return {input[0], channels * f, count};
  }
  if (options_.expand_dims) return {input[0], count, f, channels};
  return {input[0], count, channels * f};
}

Tensor STFTSpectrogramLayer::signals(const Tensor& input) const {
  return options_.data_format == DataFormat::channels_first ? input : permuted(input, {0, 2, 1});
}

Frames STFTSpectrogramLayer::frames(const Shape& input) const {
  const bool first = options_.data_format == DataFormat::channels_first;
  const Dim time = input[first ? 2 : 1], channels = input[first ? 1 : 2];
  const nn::WindowPadding padding = window_padding_of(options_.padding);
  const auto size = [](Dim value) { return static_cast<std::size_t>(value); };
  return {size(input[0] * channels),
          size(time),
          size(nn::pad_before(time, options_.frame_length, padding, frame_step_)),
          size(options_.frame_length),
          size(frame_step_),
          size(nn::conv_output_length(time, options_.frame_length, padding, frame_step_))};
}

Tensor STFTSpectrogramLayer::product(const Tensor& frames, const Parameter& kernel) const {
  const std::size_t rows = frames.shape(0), length = frames.shape(1), n = frequencies();
  Tensor values = empty({static_cast<Dim>(rows), static_cast<Dim>(n)});
  kernels::gemm<real>(Transpose::no, Transpose::no, rows, n, length, frames.data(), length,
                      kernel.value().data(), n, 0, values.data(), n);
  return values;
}

Tensor STFTSpectrogramLayer::arranged(Tensor values, const Shape& input) const {
  const Shape output = compute_output_shape(input);
  const bool first = options_.data_format == DataFormat::channels_first;
  const Frames cut = frames(input);
  values = reshaped(std::move(values), {input[0], input[first ? 1 : 2], static_cast<Dim>(cut.count),
                                        static_cast<Dim>(width())});
  if (first && options_.expand_dims) return values;
  const std::vector<std::size_t> order = first ? std::vector<std::size_t>{0, 1, 3, 2}
                                         : options_.expand_dims
                                             ? std::vector<std::size_t>{0, 2, 3, 1}
                                             : std::vector<std::size_t>{0, 2, 1, 3};
  return reshaped(permuted(values, order), output);
}

Tensor STFTSpectrogramLayer::arranged_back(Tensor gradient, const Shape& input) const {
  const bool first = options_.data_format == DataFormat::channels_first;
  const Frames cut = frames(input);
  const Dim channels = input[first ? 1 : 2], count = static_cast<Dim>(cut.count);
  const auto f = static_cast<Dim>(width());
  const Shape rows{input[0] * channels * count, f};
  if (first && options_.expand_dims) return reshaped(std::move(gradient), rows);
  if (first) {
    gradient =
        permuted(reshaped(std::move(gradient), {input[0], channels, f, count}), {0, 1, 3, 2});
  } else if (options_.expand_dims) {
    gradient = permuted(gradient, {0, 3, 1, 2});
  } else {
    gradient =
        permuted(reshaped(std::move(gradient), {input[0], count, channels, f}), {0, 2, 1, 3});
  }
  return reshaped(std::move(gradient), rows);
}

Tensor STFTSpectrogramLayer::forward(const Tensor& input, Context& /*context*/) const {
  const Shape shape = shape_of(input);
  compute_output_shape(shape);
  const Tensor ordered = signals(input);
  const Tensor rows = frames(shape).cut(ordered.data());
  const std::string& mode = options_.mode;
  Tensor re, im;
  if (real_kernel_) re = product(rows, *real_kernel_);
  if (imag_kernel_) im = product(rows, *imag_kernel_);
  if (mode == "real") return arranged(std::move(re), shape);
  if (mode == "imag") return arranged(std::move(im), shape);
  const std::size_t n = frequencies(), w = width();
  Tensor values = empty({static_cast<Dim>(rows.shape(0)), static_cast<Dim>(w)});
  for (std::size_t i = 0; i < re.size(); ++i) {
    const real a = re.data()[i], b = im.data()[i], power = a * a + b * b;
    real& value = values.data()[i / n * w + i % n];
    if (mode == "stft") {
      value = a;
      values.data()[i / n * w + n + i % n] = b;
    } else if (mode == "angle") {
      value = std::atan2(b, a);
    } else if (mode == "psd") {
      value = i % n == 0 || i % n + 1 == n ? power : 2 * power;
    } else {
      value = std::sqrt(std::max(power, epsilon));
      if (mode == "log") value = std::log(std::max(value, epsilon));
    }
  }
  return arranged(std::move(values), shape);
}

void STFTSpectrogramLayer::part_gradients(const Tensor& gradient, Tensor& re, Tensor& im) const {
  const std::string& mode = options_.mode;
  if (mode == "real") {
    re = gradient;
    return;
  }
  if (mode == "imag") {
    im = gradient;
    return;
  }
  const std::size_t n = frequencies(), w = width();
  for (std::size_t i = 0; i < re.size(); ++i) {
    real &a = re.data()[i], &b = im.data()[i];
    const real g = gradient.data()[i / n * w + i % n];
    const real power = a * a + b * b;
    if (mode == "stft") {
      a = g;
      b = gradient.data()[i / n * w + n + i % n];
    } else if (mode == "angle") {
      const real across = a;
      a = -g * b / power;
      b = g * across / power;
    } else {
      // Of the power.
      real slope = g * (i % n == 0 || i % n + 1 == n ? 1 : 2);
      if (mode != "psd") {
        const real magnitude = std::sqrt(std::max(power, epsilon));
        slope = power > epsilon ? g / (2 * magnitude) : real{0};
        if (mode == "log") slope /= magnitude;
      }
      a *= 2 * slope;
      b *= 2 * slope;
    }
  }
}

Tensor STFTSpectrogramLayer::backward(Tensor gradient, Context& context) const {
  const Tensor& input = context.input();
  const Shape shape = shape_of(input);
  const Frames cut = frames(shape);
  const Tensor ordered = signals(input);
  const Tensor rows = cut.cut(ordered.data());
  Tensor re, im;
  if (real_kernel_) re = product(rows, *real_kernel_);
  if (imag_kernel_) im = product(rows, *imag_kernel_);
  part_gradients(arranged_back(std::move(gradient), shape), re, im);
  const std::size_t count = rows.shape(0), length = cut.frame, n = frequencies();
  Tensor frame_gradient = zeros(shape_of(rows));
  for (const auto& [kernel, part] : {std::pair(real_kernel_, &re), std::pair(imag_kernel_, &im)}) {
    if (!kernel) continue;
    if (context.wants(*kernel)) {
      Tensor kernel_gradient = empty(shape_of(kernel->value()));
      kernels::gemm<real>(Transpose::yes, Transpose::no, length, n, count, rows.data(), length,
                          part->data(), n, 0, kernel_gradient.data(), n);
      context.add_gradient(*kernel, std::move(kernel_gradient));
    }
    kernels::gemm<real>(Transpose::no, Transpose::yes, count, length, n, part->data(), n,
                        kernel->value().data(), n, 1, frame_gradient.data(), length);
  }
  if (!context.wants_input_gradient()) return {};
  Tensor input_gradient = reshaped(cut.cut_backward(frame_gradient), shape_of(ordered));
  return signals(input_gradient);
}

}  // namespace keratin::inline KERATIN_VARIANT::layers

#include "mel_spectrogram.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "../../../framework/axes_last.hpp"
#include "../../../framework/fields_impl.hpp"
#include "../../../framework/kernels/gemm.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

using kernels::Transpose;

double mel_of(double hertz) { return 1127.0 * std::log(1.0 + hertz / 700.0); }

/// The window, in the middle of `length` samples, times cosines and sines of each frequency.
Tensor transform_matrix(const initializers::Window& window, std::size_t window_length,
                        std::size_t length) {
  std::vector<double> values(length, window ? 0 : 1);
  if (window) {
    const std::vector<double> inner = window.values(window_length, true);
    std::ranges::copy(inner,
                      values.begin() + static_cast<std::ptrdiff_t>((length - window_length) / 2));
  }
  const std::size_t n = length / 2 + 1;
  Tensor matrix = empty({static_cast<Dim>(length), static_cast<Dim>(2 * n)});
  for (std::size_t t = 0; t < length; ++t) {
    for (std::size_t f = 0; f < n; ++f) {
      // The remainder keeps the angle small and so exact.
      const double angle =
          2 * std::numbers::pi * static_cast<double>(t * f % length) / static_cast<double>(length);
      matrix.data()[t * 2 * n + f] = static_cast<real>(values[t] * std::cos(angle));
      matrix.data()[t * 2 * n + n + f] = static_cast<real>(-values[t] * std::sin(angle));
    }
  }
  return matrix;
}

/// Triangles over the frequencies, each from one of equally spaced mels over the next to the one
/// after that.
Tensor mel_weights(std::size_t frequencies, std::size_t bins, double sampling_rate, double low,
                   double high) {
  Tensor weights = zeros({static_cast<Dim>(frequencies), static_cast<Dim>(bins)});
  const double first = mel_of(low);
  const double step = (mel_of(high) - first) / static_cast<double>(bins + 1);
  // The frequency 0 has no part.
  for (std::size_t f = 1; f < frequencies; ++f) {
    const double hertz =
        sampling_rate / 2 * static_cast<double>(f) / static_cast<double>(frequencies - 1);
    for (std::size_t m = 0; m < bins; ++m) {
      const double place = (mel_of(hertz) - first) / step - static_cast<double>(m);
      weights.data()[f * bins + m] = static_cast<real>(std::max(0.0, std::min(place, 2 - place)));
    }
  }
  return weights;
}

/// The place within `size` that `i` is reflected to, without repeating the ends.
std::size_t reflected(std::ptrdiff_t i, std::ptrdiff_t size) {
  if (size == 1) return 0;
  const std::ptrdiff_t period = 2 * size - 2;
  const std::ptrdiff_t within = ((i % period) + period) % period;
  return static_cast<std::size_t>(std::min(within, period - within));
}

}  // namespace

void MelSpectrogramOptions::describe(Fields& fields) {
  fields("fft_length", fft_length)("sequence_stride", sequence_stride)(
      "sequence_length", sequence_length)("window", window)("sampling_rate", sampling_rate)(
      "num_mel_bins", num_mel_bins)("min_freq", min_freq)("max_freq", max_freq)(
      "power_to_db", power_to_db)("top_db", top_db)("mag_exp", mag_exp)("min_power", min_power)(
      "ref_power", ref_power);
}

MelSpectrogramLayer::MelSpectrogramLayer(Options options, LayerOptions common)
    : OptionsLayer(std::move(options), std::move(common)) {
  Options& o = options_;
  if (!o.sequence_length) o.sequence_length = o.fft_length;
  if (!o.max_freq) o.max_freq = Number(static_cast<int>(o.sampling_rate / 2));
  if (o.fft_length < *o.sequence_length) {
    refuse("`fft_length` must be greater than or equal to   `sequence_length`. Received: ",
           "`sequence_length`=", *o.sequence_length, ", `fft_length`=", o.fft_length, ".");
  }
  if (*o.sequence_length < 1 || o.sequence_stride < 1 || o.num_mel_bins < 1 ||
      o.sampling_rate < 1) {
    refuse("`sequence_length`, `sequence_stride`, `num_mel_bins` and `sampling_rate` must be ",
           "positive. Received: sequence_length=", *o.sequence_length,
           ", sequence_stride=", o.sequence_stride, ", num_mel_bins=", o.num_mel_bins,
           ", sampling_rate=", o.sampling_rate);
  }
  if (!(o.min_freq >= 0 && o.min_freq < *o.max_freq)) {
    refuse("`min_freq` must be at least 0 and below `max_freq`. Received: min_freq=",
           double{o.min_freq}, ", max_freq=", double{*o.max_freq});
  }
  transform_ = transform_matrix(o.window, static_cast<std::size_t>(*o.sequence_length),
                                static_cast<std::size_t>(o.fft_length));
  weights_ = mel_weights(frequencies(), static_cast<std::size_t>(o.num_mel_bins),
                         static_cast<double>(o.sampling_rate), o.min_freq, *o.max_freq);
  set_input_spec({.min_ndim = 1, .max_ndim = 2});
}

Shape MelSpectrogramLayer::compute_output_shape(const Shape& input) const {
  check_inputs(Shapes{input});
  Dim time = input.back();
  if (time != unknown)
    time =
        (time + 2 * (options_.fft_length / 2) - options_.fft_length) / options_.sequence_stride + 1;
  if (input.size() == 1) return {options_.num_mel_bins, time};
  return {input[0], options_.num_mel_bins, time};
}

Frames MelSpectrogramLayer::frames(const Shape& input) const {
  const auto size = [](Dim value) { return static_cast<std::size_t>(value); };
  return {size(input.size() == 2 ? input[0] : 1),
          size(input.back() + 2 * (options_.fft_length / 2)),
          0,
          size(options_.fft_length),
          size(options_.sequence_stride),
          size(compute_output_shape(input).back())};
}

Tensor MelSpectrogramLayer::continued(const Tensor& input) const {
  const Shape shape = shape_of(input);
  if (shape.back() < 1) {
    throw ShapeError(concat(
        label(), ": signals must have at least one sample. Received: shape=", tuple_text(shape)));
  }
  const Frames cut = frames(shape);
  const Dim length = shape.back(), before = options_.fft_length / 2;
  Tensor signals = empty({static_cast<Dim>(cut.signals), static_cast<Dim>(cut.length)});
  for (std::size_t i = 0; i < cut.signals; ++i) {
    for (std::size_t t = 0; t < cut.length; ++t) {
      signals.data()[i * cut.length + t] =
          input.data()[i * static_cast<std::size_t>(length) +
                       reflected(static_cast<Dim>(t) - before, length)];
    }
  }
  return signals;
}

MelSpectrogramLayer::Spectra MelSpectrogramLayer::spectra(const Tensor& input) const {
  const Frames cut = frames(shape_of(input));
  const Tensor rows = cut.cut(continued(input).data());
  const std::size_t count = rows.shape(0), n = frequencies();
  const auto bins = static_cast<std::size_t>(options_.num_mel_bins);
  Spectra spectra;
  spectra.parts = empty({static_cast<Dim>(count), static_cast<Dim>(2 * n)});
  kernels::gemm<real>(Transpose::no, Transpose::no, count, 2 * n, cut.frame, rows.data(), cut.frame,
                      transform_.data(), 2 * n, 0, spectra.parts.data(), 2 * n);
  spectra.magnitudes = empty({static_cast<Dim>(count), static_cast<Dim>(n)});
  const auto exponent = static_cast<real>(double{options_.mag_exp});
  for (std::size_t i = 0; i < spectra.magnitudes.size(); ++i) {
    const real re = spectra.parts.data()[i / n * 2 * n + i % n];
    const real im = spectra.parts.data()[i / n * 2 * n + n + i % n];
    const real power = re * re + im * im;
    spectra.magnitudes.data()[i] = exponent == 2 ? power : std::pow(std::sqrt(power), exponent);
  }
  spectra.mels = empty({static_cast<Dim>(count), static_cast<Dim>(bins)});
  kernels::gemm<real>(Transpose::no, Transpose::no, count, bins, n, spectra.magnitudes.data(), n,
                      weights_.data(), bins, 0, spectra.mels.data(), bins);
  return spectra;
}

real MelSpectrogramLayer::decibels(real mel) const {
  const double least = options_.min_power;
  const double reference = std::max(std::abs(double{options_.ref_power}), least);
  return static_cast<real>(10) * std::log10(std::max(mel, static_cast<real>(least))) -
         static_cast<real>(10 * std::log10(reference));
}

Tensor MelSpectrogramLayer::forward(const Tensor& input, Context& /*context*/) const {
  const Shape shape = shape_of(input);
  Tensor values = spectra(input).mels;
  if (options_.power_to_db && values.size() > 0) {
    for (real& value : values) value = decibels(value);
    const real floor =
        *std::ranges::max_element(values) - static_cast<real>(double{options_.top_db});
    for (real& value : values) value = std::max(value, floor);
  }
  const Frames cut = frames(shape);
  const Shape rows{static_cast<Dim>(cut.signals), static_cast<Dim>(cut.count),
                   options_.num_mel_bins};
  return reshaped(permuted(reshaped(std::move(values), rows), {0, 2, 1}),
                  compute_output_shape(shape));
}

Tensor MelSpectrogramLayer::backward(Tensor gradient, Context& context) const {
  if (!context.wants_input_gradient()) return {};
  const Tensor& input = context.input();
  const Shape shape = shape_of(input);
  const Frames cut = frames(shape);
  const Spectra kept = spectra(input);
  const std::size_t count = cut.signals * cut.count, n = frequencies();
  const auto bins = static_cast<std::size_t>(options_.num_mel_bins);
  Tensor g = permuted(
      reshaped(std::move(gradient),
               {static_cast<Dim>(cut.signals), options_.num_mel_bins, static_cast<Dim>(cut.count)}),
      {0, 2, 1});
  if (options_.power_to_db && g.size() > 0) {
    const auto greatest = std::ranges::max_element(kept.mels) - kept.mels.begin();
    const real floor =
        decibels(kept.mels.data()[greatest]) - static_cast<real>(double{options_.top_db});
    // What is at the floor follows the greatest value.
    real to_greatest = 0;
    for (std::size_t i = 0; i < g.size(); ++i) {
      if (decibels(kept.mels.data()[i]) < floor) {
        to_greatest += g.data()[i];
        g.data()[i] = 0;
      }
    }
    g.data()[greatest] += to_greatest;
    for (std::size_t i = 0; i < g.size(); ++i) {
      const real mel = kept.mels.data()[i];
      const bool is_least = mel < static_cast<real>(double{options_.min_power});
      g.data()[i] *= is_least ? real{0} : static_cast<real>(10 / std::numbers::ln10) / mel;
    }
  }
  Tensor magnitude_gradient = empty({static_cast<Dim>(count), static_cast<Dim>(n)});
  kernels::gemm<real>(Transpose::no, Transpose::yes, count, n, bins, g.data(), bins,
                      weights_.data(), bins, 0, magnitude_gradient.data(), n);
  Tensor part_gradient = empty(shape_of(kept.parts));
  const double exponent = options_.mag_exp;
  for (std::size_t i = 0; i < magnitude_gradient.size(); ++i) {
    const std::size_t at = i / n * 2 * n + i % n;
    const real re = kept.parts.data()[at], im = kept.parts.data()[at + n];
    const real power = re * re + im * im;
    const real slope = power == 0 ? real{0}
                                  : static_cast<real>(exponent) *
                                        std::pow(power, static_cast<real>(exponent / 2 - 1));
    part_gradient.data()[at] = magnitude_gradient.data()[i] * slope * re;
    part_gradient.data()[at + n] = magnitude_gradient.data()[i] * slope * im;
  }
  Tensor frame_gradient = empty({static_cast<Dim>(count), options_.fft_length});
  kernels::gemm<real>(Transpose::no, Transpose::yes, count, cut.frame, 2 * n, part_gradient.data(),
                      2 * n, transform_.data(), 2 * n, 0, frame_gradient.data(), cut.frame);
  const Tensor continued_gradient = cut.cut_backward(frame_gradient);
  Tensor input_gradient = zeros(shape);
  const Dim length = shape.back(), before = options_.fft_length / 2;
  for (std::size_t i = 0; i < cut.signals; ++i) {
    for (std::size_t t = 0; t < cut.length; ++t) {
      input_gradient.data()[i * static_cast<std::size_t>(length) +
                            reflected(static_cast<Dim>(t) - before, length)] +=
          continued_gradient.data()[i * cut.length + t];
    }
  }
  return input_gradient;
}

}  // namespace keratin::inline KERATIN_VARIANT::layers

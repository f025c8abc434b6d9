#pragma once

#include <optional>
#include <string>

#include "../../../framework/extent.hpp"
#include "../../../framework/handle.hpp"
#include "../../../initializers/stft.hpp"
#include "frames.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct STFTSpectrogramOptions {
  /// What is given of each frequency: "log" (of the magnitude), "magnitude", "psd" (power, that of
  /// the inner frequencies twice), "real", "imag", "angle" or "stft" (all real parts, then all
  /// imaginary ones).
  std::string mode = "log";
  /// Samples in a frame.
  Dim frame_length = 256;
  /// Samples from frame to frame, at most frame_length; none: half of that.
  std::optional<Dim> frame_step = {};
  /// Of the transform, at least frame_length; none: the next power of two.
  std::optional<Dim> fft_length = {};
  initializers::Window window = "hann";
  bool periodic = false;
  /// "density", "spectrum" or none: see initializers::STFT.
  std::optional<std::string> scaling = "density";
  /// "valid" or "same".
  std::string padding = "valid";
  /// Keeps channels and frequencies in axes of their own.
  bool expand_dims = false;
  DataFormat data_format = image_data_format();
  void describe(Fields& fields);
};

/// Spectrograms by convolution with kernels that can be trained (keras.layers.STFTSpectrogram).
///
/// Input (batch, time, channels) or, for "channels_first", (batch, channels, time). Output, f
/// frequencies from 0 to half the sampling rate: (batch, frames, channels * f), with expand_dims
/// (batch, frames, f, channels); for "channels_first" (batch, channels * f, frames) or (batch,
/// channels, frames, f). Weights: real_kernel and imag_kernel, (frame_length, 1, fft_length / 2 +
/// 1), as far as the mode needs them. Throws ValueError for other modes, scalings, paddings and
/// lengths.
class STFTSpectrogramLayer final
    : public OptionsLayer<STFTSpectrogramLayer, STFTSpectrogramOptions> {
 public:
  static constexpr std::string_view keras_name = "STFTSpectrogram";
  explicit STFTSpectrogramLayer(Options options = {}, LayerOptions common = {});

  Shape compute_output_shape(const Shape& input) const override;
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;

 private:
  struct Sizes;
  void build_weights(const Shape& input) override;
  std::size_t frequencies() const { return static_cast<std::size_t>(fft_length_ / 2 + 1); }
  /// Numbers for each frame and channel.
  std::size_t width() const { return frequencies() * (options_.mode == "stft" ? 2 : 1); }
  /// The input's signals, one after the other.
  Tensor signals(const Tensor& input) const;
  Frames frames(const Shape& input) const;
  Tensor product(const Tensor& frames, const Parameter& kernel) const;
  /// From (batch, channels, frames, width) to the output's axes, and back.
  Tensor arranged(Tensor values, const Shape& input) const;
  Tensor arranged_back(Tensor gradient, const Shape& input) const;
  /// The gradients of real and imaginary parts, in place of the parts.
  void part_gradients(const Tensor& gradient, Tensor& real_part, Tensor& imag_part) const;

  Dim frame_step_, fft_length_;
  Parameter* real_kernel_ = nullptr;
  Parameter* imag_kernel_ = nullptr;
};

using STFTSpectrogram = Handle<STFTSpectrogramLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers

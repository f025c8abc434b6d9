#pragma once

#include <optional>

#include "../../../framework/handle.hpp"
#include "../../../framework/number.hpp"
#include "../../../initializers/stft.hpp"
#include "frames.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {

struct MelSpectrogramOptions {
  /// Samples that are transformed at once.
  Dim fft_length = 2048;
  /// Samples from one transform to the next.
  Dim sequence_stride = 512;
  /// Samples within the window, at most fft_length; none: fft_length.
  std::optional<Dim> sequence_length = {};
  /// Periodic.
  initializers::Window window = "hann";
  /// Samples in a second.
  Dim sampling_rate = 16000;
  Dim num_mel_bins = 128;
  /// In Hertz; no highest one: half the sampling rate.
  Number min_freq = 20.0;
  std::optional<Number> max_freq = {};
  /// Whether powers become decibels, relative to `ref_power`, at least `min_power` before and
  /// within `top_db` of the greatest after.
  bool power_to_db = true;
  Number top_db = 80.0;
  /// Of the magnitude: 1, 2 for the power...
  Number mag_exp = 2.0;
  Number min_power = 1e-10;
  Number ref_power = 1.0;
  void describe(Fields& fields);
};

/// Spectrograms on the mel scale (keras.layers.MelSpectrogram; the scale of HTK).
///
/// Input (samples) or (batch, samples); output (num_mel_bins, time) or (batch, num_mel_bins, time).
/// Signals are continued by reflection, by half of fft_length at both ends. Throws ValueError for
/// lengths and frequencies that cannot be.
class MelSpectrogramLayer final : public OptionsLayer<MelSpectrogramLayer, MelSpectrogramOptions> {
 public:
  static constexpr std::string_view keras_name = "MelSpectrogram";
  explicit MelSpectrogramLayer(Options options = {}, LayerOptions common = {});

  Shape compute_output_shape(const Shape& input) const override;
  Tensor forward(const Tensor& input, Context& context) const override;
  Tensor backward(Tensor gradient, Context& context) const override;

 private:
  /// What is computed on the way, one row for each time step of each signal.
  struct Spectra {
    Tensor parts;  ///< all real parts, then all imaginary ones
    Tensor magnitudes;
    Tensor mels;
  };
  std::size_t frequencies() const { return static_cast<std::size_t>(options_.fft_length / 2 + 1); }
  Frames frames(const Shape& input) const;
  Tensor continued(const Tensor& input) const;
  Spectra spectra(const Tensor& input) const;
  /// In decibels, before the floor.
  real decibels(real mel) const;

  /// (fft_length, 2 frequencies): the window times cosines and sines.
  Tensor transform_;
  /// (frequencies, num_mel_bins)
  Tensor weights_;
};

using MelSpectrogram = Handle<MelSpectrogramLayer>;

}  // namespace keratin::inline KERATIN_VARIANT::layers

#include <cmath>
#include <numbers>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../../framework/input_layer.hpp"
#include "../../../../layers/preprocessing/audio/mel_spectrogram.hpp"
#include "../../../../layers/preprocessing/audio/stft_spectrogram.hpp"
#include "../../../support/check_layers.hpp"

using namespace keratin;
using namespace keratin::layers;

TEST_CASE("layers that make spectrograms") {
  const auto stft = [](const char* mode, DataFormat format = DataFormat::channels_last,
                       bool expand = false, const char* padding = "valid") {
    return STFTSpectrogram({.mode = mode,
                            .frame_length = 6,
                            .frame_step = 2,
                            .fft_length = 8,
                            .padding = padding,
                            .expand_dims = expand,
                            .data_format = format});
  };
  const DataFormat first = DataFormat::channels_first;
  testing::check_layers({
      {"log", stft("log"), {{2, 17, 1}}},
      {"magnitude, same", stft("magnitude", DataFormat::channels_last, false, "same"), {{2, 9, 2}}},
      {"psd, expanded", stft("psd", DataFormat::channels_last, true), {{2, 10, 3}}},
      {"real", stft("real"), {{2, 12, 2}}},
      {"imag, channels first", stft("imag", first), {{2, 2, 12}}},
      {"angle, channels first, expanded", stft("angle", first, true), {{2, 2, 12}}},
      {"stft, channels first, same", stft("stft", first, false, "same"), {{2, 3, 7}}},
      {"stft, expanded", stft("stft", DataFormat::channels_last, true), {{2, 8, 3}}},
      {"default lengths",
       STFTSpectrogram({.frame_length = 5, .window = nullptr, .scaling = {}}),
       {{1, 12, 1}}},
      {"mel",
       MelSpectrogram({.fft_length = 16,
                       .sequence_stride = 5,
                       .sampling_rate = 100,
                       .num_mel_bins = 4,
                       .min_freq = 1}),
       {{2, 37}}},
      {"mel, no decibels",
       MelSpectrogram({.fft_length = 16,
                       .sequence_stride = 4,
                       .sequence_length = 11,
                       .window = "hamming",
                       .sampling_rate = 100,
                       .num_mel_bins = 4,
                       .min_freq = 0,
                       .max_freq = 45.0,
                       .power_to_db = false,
                       .mag_exp = 3}),
       {{2, 21}}},
      {"mel, floor",
       MelSpectrogram({.fft_length = 15,
                       .sequence_stride = 4,
                       .window = nullptr,
                       .sampling_rate = 100,
                       .num_mel_bins = 4,
                       .min_freq = 1,
                       .top_db = 6.0}),
       {{2, 22}}},
  });
}

TEST_CASE("A tone is at its frequency") {
  Tensor tone = empty({1, 64, 1});
  for (std::size_t t = 0; t < 64; ++t)
    tone.data()[t] =
        static_cast<real>(std::cos(2 * std::numbers::pi * 3 * static_cast<double>(t) / 16));
  // Frames of 16 samples hold three periods: real parts of 8 without a window or scaling.
  const STFTSpectrogram layer({.mode = "magnitude",
                               .frame_length = 16,
                               .frame_step = 16,
                               .window = nullptr,
                               .scaling = {}});
  const Tensor y = layer(tone);
  REQUIRE(shape_of(y) == Shape{1, 4, 9});
  for (std::size_t f = 0; f < 9; ++f)
    CHECK(double{y(0, 2, f)} == doctest::Approx(f == 3 ? 8 : std::sqrt(1e-7)).epsilon(1e-3));
  const MelSpectrogram mel({.fft_length = 16,
                            .sequence_stride = 16,
                            .window = nullptr,
                            .sampling_rate = 1600,
                            .num_mel_bins = 20,
                            .min_freq = 0,
                            .power_to_db = false});
  const Tensor bins = mel(reshaped(tone, {64}));
  REQUIRE(shape_of(bins) == Shape{20, 5});
  // 300 Hz have 402 mels; 20 bins up to the 859 of 800 Hz are 40.9 apart: the tenth is at 409.
  std::size_t loudest = 0;
  for (std::size_t m = 0; m < 20; ++m) {
    if (bins(m, 2) > bins(loudest, 2)) loudest = m;
  }
  CHECK(loudest == 9);
}

TEST_CASE("layers that make spectrograms refuse wrong use in Keras's words") {
  CHECK_THROWS_WITH_AS(
      STFTSpectrogram({.mode = "phase"}, {.name = "s"}),
      "Layer 's' (STFTSpectrogram): Output mode is invalid, it must be one of log, "
      "magnitude, psd, real, imag, angle, stft. Received: mode=phase",
      ValueError);
  CHECK_THROWS_WITH_AS(STFTSpectrogram({.frame_length = 4, .frame_step = 5}, {.name = "s"}),
                       "Layer 's' (STFTSpectrogram): `frame_step` should be a positive integer not "
                       "greater than `frame_length`. Received frame_step=5, frame_length=4",
                       ValueError);
  CHECK_THROWS_WITH_AS(STFTSpectrogram({.frame_length = 8, .fft_length = 4}, {.name = "s"}),
                       "Layer 's' (STFTSpectrogram): `fft_length` should be not less than "
                       "`frame_length`. Received fft_length=4, frame_length=8",
                       ValueError);
  CHECK_THROWS_WITH_AS(STFTSpectrogram({.scaling = "sum"}, {.name = "s"}),
                       "Layer 's' (STFTSpectrogram): Scaling is invalid, it must be `None`, "
                       "'density' or 'spectrum'. Received scaling=sum",
                       ValueError);
  CHECK_THROWS_WITH_AS(STFTSpectrogram({.padding = "causal"}, {.name = "s"}),
                       "Layer 's' (STFTSpectrogram): Padding is invalid, it should be 'valid', "
                       "'same'. Received: padding=causal",
                       ValueError);
  CHECK_THROWS_WITH_AS(STFTSpectrogram({}, {.name = "s"})(zeros({1, 100, 1})),
                       "Layer 's' (STFTSpectrogram): a signal must have at least frame_length=256 "
                       "samples. Received: input_shape=(1, 100, 1)",
                       ShapeError);
  CHECK_THROWS_WITH_AS(
      MelSpectrogram({.fft_length = 4, .sequence_length = 5}, {.name = "m"}),
      "Layer 'm' (MelSpectrogram): `fft_length` must be greater than or equal to   "
      "`sequence_length`. Received: `sequence_length`=5, `fft_length`=4.",
      ValueError);
  CHECK_THROWS_WITH_AS(MelSpectrogram({.min_freq = 30, .max_freq = 20}, {.name = "m"}),
                       "Layer 'm' (MelSpectrogram): `min_freq` must be at least 0 and below "
                       "`max_freq`. Received: min_freq=30, max_freq=20",
                       ValueError);
}

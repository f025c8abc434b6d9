#pragma once

#include <optional>
#include <string>
#include <vector>

#include "../framework/initializer.hpp"

namespace keratin::inline KERATIN_VARIANT::initializers {

/// A window over the frames of a short-time Fourier transform: none, one of scipy's by name, or its
/// values. Names: boxcar, triang, bartlett, hann, hamming, blackman, nuttall, blackmanharris,
/// flattop, cosine, bohman. Throws ValueError for others.
class Window {
 public:
  Window(std::nullptr_t) {}
  Window(const char* name) : Window(std::string(name)) {}
  Window(std::string name);
  Window(std::vector<double> values) : values_(std::move(values)) {}

  explicit operator bool() const { return !name_.empty() || values_; }
  /// The window's `length` values; a periodic one is the symmetric one of length + 1 without its
  /// last value. Throws ValueError where values were given and are not `length` many.
  std::vector<double> values(std::size_t length, bool periodic) const;

  friend void to_json(Json& json, const Window& window);
  friend void from_json(const Json& json, Window& window);

 private:
  std::string name_;
  std::optional<std::vector<double>> values_;
};

struct STFTOptions {
  /// "real" or "imag".
  std::string side = "real";
  Window window = "hann";
  /// "density" (divides by the window's L2 norm), "spectrum" (by its sum) or none.
  std::optional<std::string> scaling = "density";
  bool periodic = false;
  void describe(Fields& fields);
};

/// The kernel (frame_length, 1, fft_length / 2 + 1) of a Conv1D that computes the real or imaginary
/// part of a short-time Fourier transform. Throws ValueError for unknown options and other ranks.
class STFT final : public WithOptions<STFT, STFTOptions, Initializer> {
 public:
  static constexpr std::string_view keras_name = "STFT";
  STFT() : STFT(STFTOptions{}) {}
  explicit STFT(STFTOptions options);
  Tensor operator()(const Shape& shape) const override;
};

}  // namespace keratin::inline KERATIN_VARIANT::initializers

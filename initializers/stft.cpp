#include "stft.hpp"

#include <cmath>
#include <map>
#include <numbers>

#include "../framework/fields_impl.hpp"

namespace keratin::inline KERATIN_VARIANT::initializers {
namespace {

using std::numbers::pi;

/// Windows that are sums of cosines: a0 - a1 cos(t) + a2 cos(2t) ..., t in [0, 2 pi].
const std::map<std::string, std::vector<double>>& cosine_sums() {
  static const std::map<std::string, std::vector<double>> sums = {
      {"boxcar", {1}},
      {"hann", {0.5, 0.5}},
      {"hamming", {0.54, 0.46}},
      {"blackman", {0.42, 0.50, 0.08}},
      {"nuttall", {0.3635819, 0.4891775, 0.1365995, 0.0106411}},
      {"blackmanharris", {0.35875, 0.48829, 0.14128, 0.01168}},
      {"flattop", {0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368}}};
  return sums;
}

bool is_window(const std::string& name) {
  return cosine_sums().contains(name) || name == "triang" || name == "bartlett" ||
         name == "cosine" || name == "bohman";
}

/// Value i of the symmetric window of `length` values.
double window_value(const std::string& name, std::size_t i, std::size_t length) {
  const auto n = static_cast<double>(length), x = static_cast<double>(i);
  if (length == 1) return 1;
  if (name == "cosine") return std::sin(pi * (x + 0.5) / n);
  const double from_centre = std::abs(2 * x - (n - 1));
  if (name == "bartlett") return 1 - from_centre / (n - 1);
  if (name == "triang") return 1 - from_centre / (length % 2 ? n + 1 : n);
  if (name == "bohman") {
    if (i == 0 || i + 1 == length) return 0;
    const double u = from_centre / (n - 1);
    return (1 - u) * std::cos(pi * u) + std::sin(pi * u) / pi;
  }
  double value = 0, sign = 1, k = 0;
  for (const double a : cosine_sums().at(name)) {
    value += sign * a * std::cos(2 * pi * k * x / (n - 1));
    sign = -sign;
    ++k;
  }
  return value;
}

}  // namespace

Window::Window(std::string name) : name_(std::move(name)) {
  if (is_window(name_)) return;
  throw ValueError(concat("Unknown window type. Received: window=", name_,
                          ", allowed: bartlett, blackman, blackmanharris, bohman, boxcar, cosine,",
                          " flattop, hamming, hann, nuttall, triang"));
}

std::vector<double> Window::values(std::size_t length, bool periodic) const {
  if (values_) {
    if (values_->size() != length) {
      throw ValueError(concat("The shape of `window` must be equal to [frame_length]. Received:",
                              " window shape=(", values_->size(), ",), frame_length=", length));
    }
    return *values_;
  }
  std::vector<double> result(length);
  const std::size_t symmetric = periodic && length > 1 ? length + 1 : length;
  for (std::size_t i = 0; i < length; ++i) result[i] = window_value(name_, i, symmetric);
  return result;
}

void to_json(Json& json, const Window& window) {
  json = nullptr;
  if (window.values_) json = *window.values_;
  if (!window.name_.empty()) json = window.name_;
}

void from_json(const Json& json, Window& window) {
  if (json.is_null()) {
    window = Window(nullptr);
  } else if (json.is_string()) {
    window = Window(json.get<std::string>());
  } else {
    window = Window(json.get<std::vector<double>>());
  }
}

void STFTOptions::describe(Fields& fields) {
  fields("side", side)("window", window)("periodic", periodic)("scaling", scaling);
}

STFT::STFT(STFTOptions options) : WithOptions(std::move(options)) {
  if (options_.side != "real" && options_.side != "imag")
    throw ValueError(concat("side should be 'real' or 'imag', not ", options_.side));
  if (options_.scaling && *options_.scaling != "density" && *options_.scaling != "spectrum") {
    throw ValueError(concat("Scaling is invalid, it must be `None`, 'density' or 'spectrum'.",
                            " Received scaling=", *options_.scaling));
  }
}

Tensor STFT::operator()(const Shape& shape) const {
  if (shape.size() != 3) {
    throw ValueError(concat("STFT initializer: the shape must be (frame_length, input_channels,",
                            " fft_length). Received: shape=", shape));
  }
  const auto frames = static_cast<std::size_t>(shape[0]);
  const auto channels = static_cast<std::size_t>(shape[1]);
  const auto bins = static_cast<std::size_t>(shape[2]);
  std::vector<double> window(frames, 1.0);
  if (options_.window) {
    window = options_.window.values(frames, options_.periodic);
    double divisor = 0;
    for (const double w : window) divisor += options_.scaling == "density" ? w * w : std::abs(w);
    if (options_.scaling == "density") divisor = std::sqrt(divisor);
    if (options_.scaling)
      for (double& w : window) w /= divisor;
  }
  Tensor kernel = empty(shape);
  const double step = bins > 1 ? -2 * pi / (2 * (static_cast<double>(bins) - 1)) : 0;
  real* out = kernel.data();
  for (std::size_t t = 0; t < frames; ++t) {
    for (std::size_t channel = 0; channel < channels; ++channel) {
      for (std::size_t f = 0; f < bins; ++f) {
        const double angle = step * static_cast<double>(t) * static_cast<double>(f);
        *out++ = static_cast<real>(window[t] *
                                   (options_.side == "real" ? std::cos(angle) : std::sin(angle)));
      }
    }
  }
  return kernel;
}

}  // namespace keratin::inline KERATIN_VARIANT::initializers

#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "../../../framework/base/error.hpp"
#include "../../../framework/extent.hpp"
#include "../../../framework/nn/conv_geometry.hpp"

namespace keratin::inline KERATIN_VARIANT::testing {

struct Window {
  Extent<2> kernel_size, strides, dilation_rate;
  const char* padding;
  std::string text() const {
    return concat("kernel ", kernel_size.values(), " strides ", strides.values(), " dilation ",
                  dilation_rate.values(), " ", padding);
  }
};

/// Kernels of 1 to 7, also not square, with strides of 1 to 3, also unequal, and dilation of 1 to
/// 3, also with strides.
inline std::vector<Window> windows_grid() {
  std::vector<Window> grid;
  for (const Extent<2> kernel : {Extent<2>(1), Extent<2>(2), Extent<2>(3), Extent<2>(5),
                                 Extent<2>(7), Extent<2>(1, 4), Extent<2>(6, 3)}) {
    for (const Extent<2> strides : {Extent<2>(1), Extent<2>(2), Extent<2>(3, 1), Extent<2>(2, 3)}) {
      for (const Extent<2> dilation : {Extent<2>(1), Extent<2>(2), Extent<2>(1, 3)}) {
        for (const char* padding : {"valid", "same"})
          grid.push_back({kernel, strides, dilation, padding});
      }
    }
  }
  return grid;
}

/// Two images that the window fits into, with sizes not divisible by the strides.
inline Shape image_shape(const Window& window, Dim channels, bool channels_first) {
  Shape shape{2};
  for (std::size_t i = 0; i < 2; ++i) {
    const Dim span = nn::dilated_length(window.kernel_size[i], window.dilation_rate[i]);
    const bool valid = std::string(window.padding) == "valid";
    shape.push_back((valid ? span : std::max<Dim>(span / 2, 1)) + static_cast<Dim>(i) +
                    window.strides[i]);
  }
  shape.insert(channels_first ? shape.begin() + 1 : shape.end(), channels);
  return shape;
}

}  // namespace keratin::inline KERATIN_VARIANT::testing

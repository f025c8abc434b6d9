#include <algorithm>
#include <vector>

#include "conv_patches.hpp"
#include "conv_product.hpp"
#include "scratch.hpp"

namespace keratin::kernels {
namespace {

/// With a stride, the input positions along an axis fall into phases: those with the same
/// remainder of position + padding meet the same taps.
struct Phase {
  std::size_t first, count;  // positions first, first + stride, ...
  std::ptrdiff_t origin;     // the output position that tap offset 0 takes `first` to
  struct Tap {
    std::size_t index;      // in the kernel
    std::ptrdiff_t offset;  // of the output position
  };
  std::vector<Tap> taps;  // by rising offset
};

std::vector<Phase> phases_of(const ConvSizes& s, std::size_t axis) {
  const std::size_t stride = s.stride[axis], pad = s.pad_before[axis];
  std::vector<Phase> phases;
  for (std::size_t first = 0; first < std::min(stride, s.in[axis]); ++first) {
    const std::size_t remainder = (first + pad) % stride;
    Phase phase{first,
                (s.in[axis] - first + stride - 1) / stride,
                static_cast<std::ptrdiff_t>((first + pad) / stride),
                {}};
    for (std::size_t tap = s.kernel[axis]; tap-- > 0;) {
      const std::size_t reach = tap * s.dilation[axis];
      if (reach % stride != remainder) continue;
      phase.taps.push_back({tap, -static_cast<std::ptrdiff_t>(reach / stride)});
    }
    phases.push_back(std::move(phase));
  }
  return phases;
}

/// The kernel's rows for the phase's taps as a matrix (taps x output channels) x input channels.
template <class T>
PackedMatrix<T> packed_kernel(const T* kernel, const ConvSizes& s, std::size_t group,
                              const std::vector<std::size_t>& taps) {
  const std::size_t in = s.in_channels / s.groups, out = s.out_channels / s.groups;
  const std::size_t depth = taps.size() * out;
  const Scratch<T> transposed(in * depth);
  for (std::size_t c = 0; c < in; ++c) {
    T* to = transposed.data() + c * depth;
    for (const std::size_t tap : taps) {
      to = std::copy_n(kernel + (tap * in + c) * s.out_channels + group * out, out, to);
    }
  }
  return PackedMatrix<T>(Transpose::yes, depth, in, transposed.data(), depth);
}

template <class T>
void backprop_phase(const T* output_gradient, const T* kernel, T* input_gradient,
                    const ConvSizes& s, std::size_t group, const Epilogue<T>& epilogue,
                    const std::array<const Phase*, 3>& phase) {
  std::vector<Offsets> offsets;
  std::vector<std::size_t> taps;
  for (const Phase::Tap& d : phase[0]->taps) {
    for (const Phase::Tap& h : phase[1]->taps) {
      for (const Phase::Tap& w : phase[2]->taps) {
        offsets.push_back({d.offset, h.offset, w.offset});
        taps.push_back((d.index * s.kernel[1] + h.index) * s.kernel[2] + w.index);
      }
    }
  }
  const std::array<std::size_t, 3> rows{phase[0]->count, phase[1]->count, phase[2]->count};
  const std::size_t in = s.in_channels / s.groups, out = s.out_channels / s.groups;
  const Patches<T> patches({.source = output_gradient,
                            .batch = s.batch,
                            .size = s.out,
                            .image_channels = s.out_channels,
                            .first_channel = group * out,
                            .channels = out,
                            .rows = rows,
                            .origin = {phase[0]->origin, phase[1]->origin, phase[2]->origin},
                            .step = {1, 1, 1},
                            .taps = std::move(offsets)});
  const PackedMatrix<T> packed = packed_kernel(kernel, s, group, taps);
  PatchProduct<T> product{.patches = patches,
                          .b = packed,
                          .batch = s.batch,
                          .rows = rows,
                          .target = input_gradient + group * in,
                          .size = s.in,
                          .image_channels = s.in_channels,
                          .origin = {phase[0]->first, phase[1]->first, phase[2]->first},
                          .step = s.stride,
                          .epilogue = epilogue};
  if (product.epilogue.bias) product.epilogue.bias += group * in;
  multiply(product);
}

}  // namespace

template <class T>
void conv_backprop_input(const T* output_gradient, const T* kernel, T* input_gradient,
                         const ConvSizes& s, const Epilogue<T>& epilogue) {
  if (is_pointwise(s) && s.groups == 1) {
    return gemm(Transpose::no, Transpose::yes, s.batch * volume(s.in), s.in_channels,
                s.out_channels, output_gradient, s.out_channels, kernel, s.out_channels, T{0},
                input_gradient, s.in_channels, epilogue);
  }
  const std::array<std::vector<Phase>, 3> phases{phases_of(s, 0), phases_of(s, 1), phases_of(s, 2)};
  for (std::size_t group = 0; group < s.groups; ++group) {
    for (const Phase& d : phases[0]) {
      for (const Phase& h : phases[1]) {
        for (const Phase& w : phases[2]) {
          backprop_phase(output_gradient, kernel, input_gradient, s, group, epilogue, {&d, &h, &w});
        }
      }
    }
  }
}

template void conv_backprop_input(const float*, const float*, float*, const ConvSizes&,
                                  const Epilogue<float>&);
template void conv_backprop_input(const double*, const double*, double*, const ConvSizes&,
                                  const Epilogue<double>&);

}  // namespace keratin::kernels

#include "prepared_separable.hpp"

#include <algorithm>

#include "../../framework/base/parallel.hpp"
#include "../../framework/kernels/scratch.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

using kernels::DepthwiseConv2DSizes;

/// What a band of rows between the two convolutions may take: about half of a second-level cache.
constexpr std::size_t band_bytes = std::size_t{256} << 10;
/// Output rows `first` to `last` of image `image`, and where the input for them begins.
struct Band {
  DepthwiseConv2DSizes sizes;
  std::size_t input_offset;

  Band(DepthwiseConv2DSizes s, std::size_t image, std::size_t first, std::size_t last) : sizes(s) {
    const std::size_t top = first * s.stride_height;  // counted from the padding's first row
    const std::size_t skipped = std::min(top > s.pad_top ? top - s.pad_top : 0, s.in_height);
    sizes.batch = 1;
    sizes.in_height = s.in_height - skipped;
    sizes.out_height = last - first;
    sizes.pad_top = s.pad_top > top ? s.pad_top - top : 0;
    input_offset = (image * s.in_height + skipped) * s.in_width * s.channels;
  }
};

}  // namespace

template <std::size_t Rank>
PreparedSeparable<Rank>::PreparedSeparable(std::shared_ptr<PreparedDepthwise<Rank>> depthwise,
                                           const Tensor& kernel, std::vector<real> bias,
                                           prepared::Ending ending)
    : Linear(std::move(bias), std::move(ending)),
      depthwise_(std::move(depthwise)),
      kernel_(kernel) {}

template <std::size_t Rank>
void PreparedSeparable<Rank>::scale(const std::vector<real>& factors) {
  prepared::scale_axis(factors, 1, kernel_);
}

template <std::size_t Rank>
void PreparedSeparable<Rank>::finish() {
  const std::size_t channels = kernel_.shape(Rank), filters = kernel_.shape(Rank + 1);
  packed_ = kernels::PackedMatrix<real>(kernels::Transpose::no, channels, filters, kernel_.data(),
                                        filters);
  kernel_ = Tensor();
}

template <std::size_t Rank>
void PreparedSeparable<Rank>::multiply(const real* between, const real* added, real* output,
                                       std::size_t rows) const {
  if (added && added != output) std::copy_n(added, rows * packed_.n(), output);
  kernels::gemm<real>(kernels::Transpose::no, rows, between, packed_.k(), packed_, added ? 1 : 0,
                      output, packed_.n(), epilogue());
}

template <std::size_t Rank>
void PreparedSeparable<Rank>::compute_rows(const real* const* inputs, real* output,
                                           const DepthwiseConv2DSizes& s, std::size_t image,
                                           std::size_t first, std::size_t last) const {
  const Band band(s, image, first, last);
  const std::size_t places = (last - first) * s.out_width;
  const std::size_t offset = (image * s.out_height + first) * s.out_width * packed_.n();
  const kernels::Scratch<real> between(places * packed_.k());
  depthwise_->compute(inputs[0] + band.input_offset, between.data(), band.sizes);
  multiply(between.data(), adds() ? inputs[1] + offset : nullptr, output + offset, places);
}

template <std::size_t Rank>
std::optional<prepared::Bound> PreparedSeparable<Rank>::bind(const Shapes& inputs) const {
  SpatialShape<Rank> out = depthwise_->windows().output(inputs[0]);
  out.channels = static_cast<Dim>(bias().size());
  const Shape shape = out.shape(DataFormat::channels_last);
  if (adds() && inputs[1] != shape) return {};
  prepared::Bound bound{shape};
  if (adds()) bound.in_place = {1};

  const DepthwiseConv2DSizes s = depthwise_->sizes(inputs[0]);
  const std::size_t row_bytes = s.out_width * s.channels * s.multiplier * sizeof(real);
  if (s.batch * s.out_height * row_bytes <= band_bytes || row_bytes > band_bytes) {
    bound.run = [this, s, shape](const real* const* x, real* y) {
      const std::size_t places = s.batch * s.out_height * s.out_width;
      const kernels::Scratch<real> between(places * s.channels * s.multiplier);
      depthwise_->compute(x[0], between.data(), s);
      multiply(between.data(), adds() ? x[1] : nullptr, y, places);
      ending().apply_function(y, shape);
    };
    return bound;
  }
  // A multiple of four, which threads can share.
  const std::size_t fours = (s.out_height * row_bytes + 4 * band_bytes - 1) / (4 * band_bytes);
  const std::size_t bands = std::min(s.out_height, 4 * fours);
  bound.run = [this, s, shape, bands](const real* const* x, real* y) {
    parallel_for(s.batch * bands, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const std::size_t band = i % bands;
        compute_rows(x, y, s, i / bands, band * s.out_height / bands,
                     (band + 1) * s.out_height / bands);
      }
    });
    ending().apply_function(y, shape);
  };
  return bound;
}

template class PreparedSeparable<1>;
template class PreparedSeparable<2>;

}  // namespace keratin::inline KERATIN_VARIANT::layers

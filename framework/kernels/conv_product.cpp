#include "conv_product.hpp"

#include <algorithm>

#include "../base/parallel.hpp"
#include "scratch.hpp"

namespace keratin::kernels {
namespace {

constexpr std::size_t stride_of_packed = depth_block + patch_gap;

template <class T>
T* target_of(const PatchProduct<T>& p, const GridPlace& place) {
  std::size_t pixel = place.batch;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    pixel = pixel * p.size[axis] + p.origin[axis] + p.step[axis] * place.index[axis];
  }
  return p.target + pixel * p.image_channels;
}

template <class T>
void multiply_rows(const PatchProduct<T>& p, Range rows, Range columns, T* packed) {
  const std::size_t width = tile_shape<T>().columns;
  const std::size_t padded_columns = round_up(p.b.n(), width);
  std::array<T*, most_block_rows> targets;
  GridPlace place(rows.begin, p.rows);
  for (std::size_t i = 0; i < rows.size(); ++i, place.next(p.rows)) {
    targets[i] = target_of(p, place) + columns.begin;
  }
  Epilogue<T> epilogue = p.epilogue;
  if (epilogue.bias) epilogue.bias += columns.begin;
  const std::size_t whole_depth = p.patches.depth();
  std::size_t k = 0;
  do {
    const Range depth{k, std::min(k + depth_block, whole_depth)};
    p.patches.pack(rows, depth, packed, stride_of_packed);
    Block<T> block{};
    block.rows = rows.size();
    block.columns = columns.size();
    block.depth = depth.size();
    block.a = packed;
    block.a_stride = stride_of_packed;
    block.b = p.b.data() + depth.begin * padded_columns + columns.begin * depth.size();
    block.b_stride = width;
    block.b_panel = width * depth.size();
    block.c = targets.data();
    block.accumulate = k > 0;
    block.epilogue = depth.end == whole_depth ? unless_idle(epilogue) : nullptr;
    multiply(block);
    k = depth.end;
  } while (k < whole_depth);
}

}  // namespace

template <class T>
void multiply(const PatchProduct<T>& p) {
  const TileShape tile = tile_shape<T>();
  const std::size_t m = p.batch * volume(p.rows), n = p.b.n();
  if (m == 0 || n == 0) return;
  const Grid grid = thread_grid(tile, m, n, p.patches.depth(), true);
  const std::size_t step = most_block_rows / tile.rows * tile.rows;
  parallel_for(grid.rows * grid.columns, 1, [&](std::size_t begin, std::size_t end) {
    const Scratch<T> packed(step * stride_of_packed);
    for (std::size_t i = begin; i < end; ++i) {
      const Range rows = piece(m, tile.rows, i / grid.columns, grid.rows);
      const Range columns = piece(n, tile.columns, i % grid.columns, grid.columns);
      for (std::size_t row = rows.begin; row < rows.end; row += step) {
        multiply_rows(p, {row, std::min(row + step, rows.end)}, columns, packed.data());
      }
    }
  });
}

template void multiply(const PatchProduct<float>&);
template void multiply(const PatchProduct<double>&);

}  // namespace keratin::kernels

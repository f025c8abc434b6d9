#include "data.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "../framework/base/error.hpp"
#include "../framework/base/parallel.hpp"
#include "../framework/base/random.hpp"

namespace keratin::inline KERATIN_VARIANT {

Data::Data(const Tensors& tensors) {
  for (const Tensor& tensor : tensors) tensors_.push_back(&tensor);
}

Data::Data(std::initializer_list<Tensor> tensors) {
  for (const Tensor& tensor : tensors) tensors_.push_back(&tensor);
}

Data::Data(const std::map<std::string, Tensor>& tensors) {
  for (const auto& [key, tensor] : tensors) {
    keys_.push_back(key);
    tensors_.push_back(&tensor);
  }
}

std::vector<const Tensor*> Data::in_order(const Structure& structure,
                                          const std::vector<std::string>& names,
                                          const char* what) const {
  if (tensors_.size() != names.size()) {
    throw ValueError(concat("The model has ", names.size(), " ", what, "(s) ", names,
                            ". Received: ", tensors_.size(), " tensor(s)"));
  }
  if (keys_.empty()) return tensors_;
  const auto& expected = structure.kind == Structure::dict ? structure.keys : names;
  std::vector<const Tensor*> ordered;
  for (const std::string& key : expected) {
    const auto found = std::ranges::find(keys_, key);
    if (found == keys_.end()) {
      throw ValueError(concat("Missing data for ", what, " \"", key,
                              "\". You passed a data dictionary with keys ", keys_,
                              ". Expected the following keys: ", expected));
    }
    ordered.push_back(tensors_[static_cast<std::size_t>(found - keys_.begin())]);
  }
  return ordered;
}

std::size_t sample_count(std::span<const Tensor* const> tensors, const char* what) {
  std::optional<std::size_t> count;
  for (const Tensor* tensor : tensors) {
    if (!tensor) continue;
    if (tensor->dimension() == 0)
      throw ShapeError(concat(what, ": a tensor has no batch axis. Received: shape=()"));
    if (count && *count != tensor->shape(0)) {
      throw ShapeError(concat("Data cardinality is ambiguous. Make sure all arrays contain the ",
                              "same number of samples. ", what, " sizes: ", *count, " and ",
                              tensor->shape(0)));
    }
    count = tensor->shape(0);
  }
  return count.value_or(0);
}

TensorDataset::TensorDataset(Refs x, Refs y, Refs sample_weight, Options options)
    : x_(std::move(x)),
      y_(std::move(y)),
      sample_weight_(std::move(sample_weight)),
      options_(options) {
  if (options_.batch_size == 0)
    throw ValueError("`batch_size` must be a positive integer. Received: batch_size=0");
  Refs all = x_;
  all.insert(all.end(), y_.begin(), y_.end());
  all.insert(all.end(), sample_weight_.begin(), sample_weight_.end());
  const std::size_t count = sample_count(all, "x, y, sample_weight");
  const std::size_t last = options_.last == 0 ? count : options_.last;
  if (options_.first > last || last > count)
    throw ValueError(concat("The samples ", options_.first, " to ", last, " of ", count));
  order_.resize(last - options_.first);
  std::iota(order_.begin(), order_.end(), options_.first);
}

std::size_t TensorDataset::size() const {
  return (order_.size() + options_.batch_size - 1) / options_.batch_size;
}

void TensorDataset::on_epoch_begin(std::size_t epoch) {
  if (!options_.shuffle_seed) return;
  std::iota(order_.begin(), order_.end(), options_.first);
  // Fisher and Yates, from numbers that depend on the seed and the epoch alone.
  const Random random(*options_.shuffle_seed, epoch);
  for (std::size_t i = order_.size(); i > 1; --i)
    std::swap(order_[i - 1], order_[random.below(i, i)]);
}

Batch TensorDataset::batch(std::size_t index) const {
  const std::size_t begin = index * options_.batch_size;
  const std::size_t end = std::min(begin + options_.batch_size, order_.size());
  return {gather(x_, begin, end), gather(y_, begin, end), gather(sample_weight_, begin, end)};
}

Tensors TensorDataset::gather(const Refs& tensors, std::size_t begin, std::size_t end) const {
  Tensors rows;
  for (const Tensor* tensor : tensors) {
    if (!tensor) {
      rows.push_back(empty({0}));
      continue;
    }
    Shape shape = shape_of(*tensor);
    const std::size_t row = shape[0] == 0 ? 0 : tensor->size() / tensor->shape(0);
    shape[0] = static_cast<Dim>(end - begin);
    Tensor part = empty(shape);
    parallel_for(end - begin, 1 + 65536 / (row + 1), [&](std::size_t from, std::size_t to) {
      for (std::size_t i = from; i < to; ++i)
        std::memcpy(part.data() + i * row, tensor->data() + order_[begin + i] * row,
                    row * sizeof(real));
    });
    rows.push_back(std::move(part));
  }
  return rows;
}

Tensor class_weights(const std::map<int, double>& class_weight, const Tensor& y) {
  const std::size_t count = sample_count(std::array{&y}, "y");
  const std::size_t classes = count == 0 ? 1 : y.size() / count;
  Tensor weights = empty({static_cast<Dim>(count)});
  for (std::size_t i = 0; i < count; ++i) {
    const real* row = y.data() + i * classes;
    const int label =
        static_cast<int>(classes == 1 ? row[0] : real(std::max_element(row, row + classes) - row));
    const auto found = class_weight.find(label);
    if (found == class_weight.end()) {
      throw ValueError(concat("`class_weight` must contain all classes in the data. The class ",
                              label, " exists in the data but not in `class_weight`."));
    }
    weights(i) = static_cast<real>(found->second);
  }
  return weights;
}

}  // namespace keratin::inline KERATIN_VARIANT

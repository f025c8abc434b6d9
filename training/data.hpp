#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "../framework/function.hpp"
#include "../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// The tensors given to a model: one, a list, or a dictionary by input or output name. Refers to
/// tensors, which must live as long; `{}` is nothing.
class Data {
 public:
  Data() = default;
  Data(const Tensor& tensor) : tensors_{&tensor} {}
  Data(const Tensors& tensors);
  Data(std::initializer_list<Tensor> tensors);
  Data(const std::map<std::string, Tensor>& tensors);

  bool empty() const { return tensors_.empty(); }
  /// The tensors in the order of `names` (and, for a dictionary model, of `structure.keys`).
  /// Throws ValueError naming `what` where their number or names do not fit, ShapeError where the
  /// numbers of samples differ.
  std::vector<const Tensor*> in_order(const Structure& structure,
                                      const std::vector<std::string>& names,
                                      const char* what) const;
  /// The tensors in the order given.
  const std::vector<const Tensor*>& tensors() const { return tensors_; }

 private:
  std::vector<const Tensor*> tensors_;
  std::vector<std::string> keys_;
};

/// One batch. `y` and `sample_weight` may be empty; a sample weight may be an empty tensor (rank 1,
/// size 0) for an output that has none.
struct Batch {
  Tensors x;
  Tensors y = {};
  Tensors sample_weight = {};
  std::size_t size() const { return x.empty() ? 0 : x[0].shape(0); }
};

/// A source of batches that need not fit into memory at once (keras.utils.PyDataset).
class Dataset {
 public:
  virtual ~Dataset() = default;
  /// The number of batches in an epoch.
  virtual std::size_t size() const = 0;
  virtual Batch batch(std::size_t index) const = 0;
  /// Called before each epoch, to shuffle.
  virtual void on_epoch_begin(std::size_t /*epoch*/) {}
};

/// Tensors in memory as a source of batches (what fit makes of arrays).
class TensorDataset final : public Dataset {
 public:
  struct Options {
    std::size_t batch_size = 32;
    /// The order of each epoch; without it, that of the tensors.
    std::optional<std::uint64_t> shuffle_seed = {};
    /// The samples [first, last) of the tensors; last 0: all.
    std::size_t first = 0;
    std::size_t last = 0;
  };
  using Refs = std::vector<const Tensor*>;
  /// A null sample weight means that the output has none. Throws ShapeError where the numbers of
  /// samples differ, ValueError for a batch size of 0.
  TensorDataset(Refs x, Refs y, Refs sample_weight, Options options);

  std::size_t size() const override;
  Batch batch(std::size_t index) const override;
  void on_epoch_begin(std::size_t epoch) override;
  std::size_t samples() const { return order_.size(); }

 private:
  Tensors gather(const Refs& tensors, std::size_t begin, std::size_t end) const;

  Refs x_, y_, sample_weight_;
  Options options_;
  std::vector<std::size_t> order_;
};

/// The number of samples that all `tensors` have; 0 for none. Throws ShapeError where they differ.
std::size_t sample_count(std::span<const Tensor* const> tensors, const char* what);

/// keras.utils class_weight: the weight of each sample's class, from labels (batch,) or (batch, 1)
/// or one-hot rows (batch, classes). Throws ValueError where a class has no weight.
Tensor class_weights(const std::map<int, double>& class_weight, const Tensor& y);

}  // namespace keratin::inline KERATIN_VARIANT

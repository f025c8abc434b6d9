#pragma once

#include <string>
#include <string_view>

#include "../layers/reshaping/margins.hpp"
#include "../training/model.hpp"
#include "options.hpp"

// What the builders of this folder share.
namespace keratin::inline KERATIN_VARIANT::applications {

/// The steps that every network begins and ends with. Throws ValueError in Keras's words where an
/// option does not fit.
class Application {
 public:
  /// `network` begins messages: "MobileNet".
  Application(std::string_view network, ApplicationOptions options);

  const ApplicationOptions& options() const { return options_; }

  /// The tensor to build on. `size` are the rows and columns of a network with a classifier that
  /// is told none, `least` the fewest it can do with.
  SymbolicTensor input(Dim size, Dim least);
  /// The same where a network is told `shape`, or takes that by default.
  SymbolicTensor input_of_shape(const Shape& shape, Dim least);
  /// The shape of input(), without the batch axis.
  const Shape& input_shape() const { return input_shape_; }

  /// Global pooling and a Dense layer "predictions", or what `pooling` asks for. The pooling layers
  /// are "avg_pool" and "max_pool", or left to unique_name() where `named_pooling` is false.
  SymbolicTensor top(const SymbolicTensor& x, bool named_pooling = true) const;
  /// Without classifier: what `pooling` asks for.
  SymbolicTensor pooled(const SymbolicTensor& x, bool named_pooling = true) const;
  /// The classifier's activation, checked.
  Spec<ActivationFunction> classifier_activation() const;

  /// "mobilenet_1.00_224": the width and the rows of the input, as Keras names MobileNets.
  std::string sized_name(std::string_view network, double alpha) const;
  /// From what input() begins with to `output`, with the weights of the file.
  Model model(const SymbolicTensor& output, const std::string& default_name) const;

  template <class... Parts>
  [[noreturn]] void refuse(const Parts&... parts) const {
    throw ValueError(concat(network_, ": ", parts...));
  }

 private:
  Shape obtain_input_shape(Dim size, Dim least) const;
  /// Refuses what has not three axes or is smaller than `least`.
  void check_shape(const Shape& shape, Dim least) const;

  std::string_view network_;
  ApplicationOptions options_;
  Shape input_shape_;
  std::optional<SymbolicTensor> input_;
};

/// Refuses "channels_first" for the networks that Keras has for "channels_last" alone.
void refuse_channels_first(std::string_view network);

/// `axis` where channels are last, 1 where they are first. Keras's networks say -1 or 3.
Dim channel_axis_or(Dim axis);
/// The sizes of `x` along its channel axis and along its rows and columns.
Dim channels_of(const SymbolicTensor& x);
std::pair<Dim, Dim> size_of(const SymbolicTensor& x);

/// The zeros before a "valid" convolution of stride 2 that centre it (imagenet_utils.correct_pad).
layers::Margins<2> correct_pad(const SymbolicTensor& x, Dim kernel_size);

/// The multiple of 8 next to `channels`, at least 8 and not more than a tenth below.
Dim make_divisible(double channels);

// Single layers by what networks vary in them. An empty name is left to unique_name().
SymbolicTensor activate(const SymbolicTensor& x, const char* function, std::string name = {});
SymbolicTensor zero_pad(const SymbolicTensor& x, const layers::Margins<2>& padding,
                        std::string name = {});

struct Normalized {
  Dim axis = -1;
  double epsilon = 1e-3;
  double momentum = 0.99;
  bool scale = true;
};
SymbolicTensor batch_normalization(const SymbolicTensor& x, const Normalized& how,
                                   std::string name = {});

}  // namespace keratin::inline KERATIN_VARIANT::applications

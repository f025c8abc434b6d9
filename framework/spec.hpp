#pragma once

#include <concepts>
#include <memory>
#include <string>

#include "base/json.hpp"
#include "tensor.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// Names an object the way a Keras argument does: nothing, "relu", or the object itself.
/// `T` is an immutable strategy: an ActivationFunction, Initializer, Regularizer or Constraint.
template <class T>
class Spec {
 public:
  Spec() = default;
  Spec(std::nullptr_t) {}
  /// Throws ValueError where no such object is known.
  Spec(const char* name);
  Spec(const std::string& name);
  Spec(std::shared_ptr<const T> object) : object_(std::move(object)) {}
  template <std::derived_from<T> Object>
  Spec(Object object) : object_(std::make_shared<const Object>(std::move(object))) {}

  explicit operator bool() const { return object_ != nullptr; }
  const T& operator*() const { return *object_; }
  const T* operator->() const { return object_.get(); }

 private:
  std::shared_ptr<const T> object_;
};

}  // namespace keratin::inline KERATIN_VARIANT

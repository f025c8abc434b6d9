#pragma once

#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/json.hpp"
#include "tensor.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// What to say of a class that no registry of its kind has.
std::string unknown_class(std::string_view kind, const std::string& name, const Json& config);

/// Makes objects derived from `Base` from the class name and config found in a Keras file.
/// There is one registry per kind: layers, initializers, regularizers, losses, ...
template <class Base>
class Registry {
 public:
  using Factory = std::function<std::shared_ptr<Base>(const Json& config)>;

  /// The registry of the library, filled on first use by the folder that owns the kind.
  static Registry& instance();

  /// Adds `Object`, which has a `keras_name` and a `from_config`, under that name and `aliases`.
  template <class Object>
  Registry& add(std::initializer_list<std::string_view> aliases = {}) {
    add(std::string(Object::keras_name),
        [](const Json& config) -> std::shared_ptr<Base> { return Object::from_config(config); });
    for (const auto alias : aliases) {
      factories_.insert_or_assign(std::string(alias),
                                  factories_.at(std::string(Object::keras_name)));
    }
    return *this;
  }
  /// Adds `factory` under `class_name`; an entry of that name is replaced.
  void add(std::string class_name, Factory factory) {
    if (!factories_.contains(class_name)) names_.push_back(class_name);
    factories_.insert_or_assign(std::move(class_name), std::move(factory));
  }

  bool contains(const std::string& name) const { return factories_.contains(name); }

  /// Throws ValueError where `name` is unknown.
  std::shared_ptr<Base> make(const std::string& name, const Json& config) const {
    const auto found = factories_.find(name);
    if (found == factories_.end()) {
      throw ValueError(unknown_class(Base::kind, name, config));
    }
    return found->second(config);
  }

  /// The class names, without aliases, in the order they were added.
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::map<std::string, Factory> factories_;
  std::vector<std::string> names_;
};

}  // namespace keratin::inline KERATIN_VARIANT

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "fields.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// What a Keras file can hold: an object with a class name and a config.
class Configurable {
 public:
  virtual ~Configurable() = default;
  /// The name in files: "GlorotUniform".
  virtual std::string_view class_name() const = 0;
  /// The module in files: "keras.initializers".
  virtual std::string_view module() const = 0;
  /// What Keras calls a custom class: "package>Name". Empty for Keras's own classes.
  virtual std::string registered_name() const { return {}; }
  /// Adds this object's arguments under their Keras names.
  virtual void write_config(Json& config) const = 0;
  /// Writes the whole object: module, class name, config and registered name.
  virtual void write_serialized(Json& json) const;

  Json get_config() const;

 protected:
  Configurable() = default;
  Configurable(const Configurable&) = default;
  Configurable& operator=(const Configurable&) = default;
};

/// A strategy object made from an options struct: `Derived::keras_name` names it in files,
/// `Options::describe` lists its arguments.
template <class Derived, class OptionsType, class Base>
class WithOptions : public Base {
 public:
  using Options = OptionsType;
  WithOptions() : WithOptions(Options{}) {}
  explicit WithOptions(Options options) : options_(std::move(options)) {}

  std::string_view class_name() const final { return Derived::keras_name; }
  const Options& options() const { return options_; }
  void write_config(Json& config) const override {
    Options options = options_;
    Fields fields = Fields::writer(config);
    options.describe(fields);
  }
  static std::shared_ptr<Derived> from_config(const Json& config) {
    Options options{};
    Fields fields = Fields::reader(config, std::string(Derived::keras_name));
    options.describe(fields);
    fields.finish(Derived::keras_name);
    return std::make_shared<Derived>(std::move(options));
  }

 protected:
  Options options_;
};

/// The options of a class that has none.
struct NoOptions {
  void describe(Fields&) {}
};

}  // namespace keratin::inline KERATIN_VARIANT

#pragma once

#include <cstdint>
#include <optional>

#include "../framework/base/json.hpp"
#include "../framework/base/random.hpp"
#include "../framework/initializer.hpp"

namespace keratin::inline KERATIN_VARIANT::initializers {

/// The `seed` argument: none, a number, or in files a SeedGenerator, which stands for the number it
/// was made from.
class Seed {
 public:
  Seed() = default;
  Seed(std::nullopt_t) {}
  Seed(int value) : value_(value) {}
  Seed(std::int64_t value) : value_(value) {}

  /// The given number, or one from next_seed().
  std::uint64_t draw() const;

  friend void to_json(Json& json, const Seed& seed);
  friend void from_json(const Json& json, Seed& seed);

 private:
  std::optional<std::int64_t> value_;
  bool is_generator_ = false;
};

/// An initializer that draws random numbers. A seed that was not given is drawn at construction;
/// the config keeps that none was given.
template <class Derived, class OptionsType>
class RandomInitializer : public WithOptions<Derived, OptionsType, Initializer> {
 public:
  RandomInitializer() : RandomInitializer(OptionsType{}) {}
  explicit RandomInitializer(OptionsType options)
      : WithOptions<Derived, OptionsType, Initializer>(std::move(options)),
        random_(this->options_.seed.draw()) {}

 protected:
  const Random& random() const { return random_; }

 private:
  Random random_;
};

}  // namespace keratin::inline KERATIN_VARIANT::initializers

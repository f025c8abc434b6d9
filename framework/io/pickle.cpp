#include "pickle.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <deque>
#include <set>
#include <variant>
#include <vector>

#include "../base/error.hpp"

namespace keratin::io {
namespace {

struct Value;
/// Owned by the reader: values may refer to each other in circles.
using ValuePtr = Value*;
struct None {};
struct Mark {};
/// The name of a class or function that is known to be harmless.
struct Global {
  std::string name;
};
struct Tuple {
  std::vector<ValuePtr> items;
};
struct List {
  std::vector<ValuePtr> items;
};
struct Dictionary {
  std::vector<std::pair<ValuePtr, ValuePtr>> items;
};
struct Dtype {
  std::string descr;
};
struct Array {
  NpyHeader header;
  std::string_view elements;
  std::vector<ValuePtr> objects;
};
struct Value {
  std::variant<None, Mark, bool, std::int64_t, double, std::string, std::string_view, Global, Tuple,
               List, Dictionary, Dtype, Array>
      content;
};

/// The machine that runs a pickle's instructions.
class Reader {
 public:
  Reader(std::string_view bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  ValuePtr run() {
    while (true) {
      const auto code = static_cast<unsigned char>(take(1)[0]);
      if (code == '.') return pop();
      step(code);
      if (values_.size() > most || stack_.size() > most || memo_.size() > most)
        fail("too many values");
    }
  }

  [[noreturn]] void fail(const std::string& why) const {
    throw FileError(concat(name_, ": cannot be read as pickled arrays: ", why));
  }

 private:
  static constexpr std::size_t most = 1 << 20;

  std::string_view take(std::size_t count) {
    if (count > bytes_.size() - at_) fail("it is truncated");
    at_ += count;
    return bytes_.substr(at_ - count, count);
  }
  /// A little-endian number of `count` bytes.
  std::uint64_t number(std::size_t count) {
    const std::string_view bytes = take(count);
    std::uint64_t value = 0;
    for (std::size_t i = count; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
  }
  std::string line() {
    const auto end = bytes_.find('\n', at_);
    if (end == bytes_.npos) fail("it is truncated");
    const std::string text(take(end - at_));
    take(1);
    return text;
  }

  template <class T>
  void push(T content) {
    stack_.push_back(&values_.emplace_back(Value{std::move(content)}));
  }
  ValuePtr pop() {
    if (stack_.empty()) fail("it is damaged");
    ValuePtr value = stack_.back();
    stack_.pop_back();
    return value;
  }
  template <class T>
  T& as(ValuePtr value) const {
    T* content = std::get_if<T>(&value->content);
    if (!content) fail("it is damaged");
    return *content;
  }
  ValuePtr& top() {
    if (stack_.empty()) fail("it is damaged");
    return stack_.back();
  }
  std::vector<ValuePtr> pop_to_mark() {
    std::vector<ValuePtr> items;
    for (ValuePtr value = pop(); !std::holds_alternative<Mark>(value->content); value = pop())
      items.push_back(value);
    std::ranges::reverse(items);
    return items;
  }
  std::vector<ValuePtr> pop_items(std::size_t count) {
    std::vector<ValuePtr> items(count);
    for (std::size_t i = count; i-- > 0;) items[i] = pop();
    return items;
  }

  void step(unsigned char code) {
    switch (code) {
      case 0x80:  // PROTO
        if (const auto version = number(1); version > 5)
          fail(concat("its protocol is ", version, ", newer than 5"));
        return;
      case 0x95:  // FRAME
        number(8);
        return;
      case '(':
        return push(Mark{});
      case 'N':
        return push(None{});
      case 0x88:
        return push(true);
      case 0x89:
        return push(false);
      case 'K':
        return push(static_cast<std::int64_t>(number(1)));
      case 'M':
        return push(static_cast<std::int64_t>(number(2)));
      case 'J':
        return push(std::int64_t{static_cast<std::int32_t>(number(4))});
      case 0x8a:  // LONG1
        return push(long_number(static_cast<std::size_t>(number(1))));
      case 'G':
        take(8);
        return push(0.0);
      case 'X':
        return push(std::string(take(number(4))));
      case 0x8c:
        return push(std::string(take(number(1))));
      case 0x8d:
        return push(std::string(take(number(8))));
      case 'B':
        return push(take(number(4)));
      case 'C':
        return push(take(number(1)));
      case 0x8e:
        return push(take(number(8)));
      case '}':
        return push(Dictionary{});
      case ']':
        return push(List{});
      case ')':
        return push(Tuple{});
      case 't':
        return push(Tuple{pop_to_mark()});
      case 0x85:
      case 0x86:
      case 0x87:
        return push(Tuple{pop_items(static_cast<std::size_t>(code - 0x84))});
      case 'c': {
        const std::string module = line(), member = line();
        return push_global(module, member);
      }
      case 0x93: {
        const ValuePtr member = pop(), module = pop();
        return push_global(as<std::string>(module), as<std::string>(member));
      }
      case 'q':
        memo_at(number(1)) = top();
        return;
      case 'r':
        memo_at(number(4)) = top();
        return;
      case 0x94:
        memo_.push_back(top());
        return;
      case 'h':
        return recall(number(1));
      case 'j':
        return recall(number(4));
      case 's': {
        const auto items = pop_items(2);
        as<Dictionary>(top()).items.emplace_back(items[0], items[1]);
        return;
      }
      case 'u': {
        const auto items = pop_to_mark();
        if (items.size() % 2 != 0) fail("it is damaged");
        for (std::size_t i = 0; i < items.size(); i += 2)
          as<Dictionary>(top()).items.emplace_back(items[i], items[i + 1]);
        return;
      }
      case 'a': {
        const ValuePtr item = pop();
        as<List>(top()).items.push_back(item);
        return;
      }
      case 'e': {
        auto items = pop_to_mark();
        auto& list = as<List>(top()).items;
        list.insert(list.end(), items.begin(), items.end());
        return;
      }
      case 'R':
        return reduce();
      case 'b':
        return build();
      default:
        fail(concat("it holds an instruction (", static_cast<int>(code),
                    ") that no dictionary of arrays needs"));
    }
  }

  std::int64_t long_number(std::size_t count) {
    if (count > 8) fail("it holds a number of more than 64 bits");
    std::uint64_t value = number(count);
    if (count > 0 && count < 8 && (value >> (8 * count - 1)) & 1) value |= ~0ULL << (8 * count);
    return static_cast<std::int64_t>(value);
  }

  ValuePtr& memo_at(std::uint64_t place) {
    if (place >= most) fail("it is damaged");
    if (memo_.size() <= place) memo_.resize(place + 1);
    return memo_[place];
  }
  void recall(std::uint64_t place) {
    if (place >= memo_.size() || !memo_[place]) fail("it is damaged");
    stack_.push_back(memo_[place]);
  }

  void push_global(const std::string& module, const std::string& member) {
    static const std::set<std::string> harmless = {"numpy.core.multiarray._reconstruct",
                                                   "numpy._core.multiarray._reconstruct",
                                                   "numpy.ndarray", "numpy.dtype"};
    const std::string name = module + "." + member;
    if (!harmless.contains(name))
      fail(concat("it would call ", name, ", and code from files is never executed"));
    push(Global{name});
  }

  void reduce() {
    const ValuePtr arguments = pop(), callable = pop();
    const std::vector<ValuePtr>& items = as<Tuple>(arguments).items;
    const std::string& name = as<Global>(callable).name;
    if (name == "numpy.dtype") {
      if (items.empty()) fail("it is damaged");
      push(Dtype{as<std::string>(items[0])});
    } else if (name.ends_with("_reconstruct")) {
      push(Array{});
    } else {
      fail(concat("it would call ", name));
    }
  }

  /// Gives a dtype its byte order, an array its shape, dtype and elements.
  void build() {
    const ValuePtr state = pop(), object = top();
    const std::vector<ValuePtr>& items = as<Tuple>(state).items;
    if (auto* dtype = std::get_if<Dtype>(&object->content)) {
      if (items.size() < 2) fail("it is damaged");
      // (3, "<", ...): byte order before kind and size.
      const std::string& order = as<std::string>(items[1]);
      if (dtype->descr.empty() || std::strchr("<>|=", dtype->descr[0]) == nullptr)
        dtype->descr = order + dtype->descr;
      return;
    }
    Array& array = as<Array>(object);
    if (items.size() != 5) fail("it is damaged");
    for (const ValuePtr& size : as<Tuple>(items[1]).items) {
      const std::int64_t count = as<std::int64_t>(size);
      if (count < 0) fail("an array has a negative size");
      array.header.shape.push_back(count);
    }
    array.header.descr = as<Dtype>(items[2]).descr;
    array.header.fortran_order = as<bool>(items[3]);
    if (std::holds_alternative<List>(items[4]->content)) {
      array.objects = as<List>(items[4]).items;
    } else {
      array.elements = as<std::string_view>(items[4]);
    }
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  const std::string& name_;
  std::deque<Value> values_;
  std::vector<ValuePtr> stack_, memo_;
};

}  // namespace

std::map<std::string, PickledArray> read_pickled_arrays(std::string_view bytes,
                                                        const std::string& name) {
  Reader reader(bytes, name);
  const ValuePtr root = reader.run();
  const Value* content = root;
  if (const auto* array = std::get_if<Array>(&content->content)) {
    if (array->objects.size() != 1) reader.fail("it is no array of one dictionary");
    content = array->objects[0];
  }
  const auto* dictionary = std::get_if<Dictionary>(&content->content);
  if (!dictionary) reader.fail("it holds no dictionary");
  std::map<std::string, PickledArray> arrays;
  for (const auto& [key, value] : dictionary->items) {
    const auto* text = std::get_if<std::string>(&key->content);
    const auto* array = std::get_if<Array>(&value->content);
    if (!text || !array || !array->objects.empty())
      reader.fail("its dictionary holds something else than arrays by name");
    if (!arrays.emplace(*text, PickledArray{array->header, array->elements}).second)
      reader.fail(concat("it has two arrays '", *text, "'"));
  }
  return arrays;
}

}  // namespace keratin::io

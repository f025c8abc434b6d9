#include <cstdio>
#include <memory>
#include <string>

#include <keratin/training/saving/diagnosis.hpp>
#include <keratin/training/saving/load_model.hpp>

#include "command.hpp"

namespace keratin::cli {
namespace {

struct Arguments {
  std::string file, fix;
};

void print_all(const char* title, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) std::printf("%s: %s\n", title, line.c_str());
}

void print(const Arguments& arguments, const Diagnosis& diagnosis) {
  std::printf("%s: %s", arguments.file.c_str(), diagnosis.what.c_str());
  if (!diagnosis.keras_version.empty())
    std::printf(", written by Keras %s", diagnosis.keras_version.c_str());
  std::printf("\n");
  for (const Verdict& verdict : diagnosis.verdicts) {
    if (verdict.error.empty())
      std::printf("%s: opens it\n", verdict.keras.c_str());
    else
      std::printf("%s: stops with %s\n", verdict.keras.c_str(), verdict.error.c_str());
  }
  print_all("remark", diagnosis.remarks);
  print_all("note", diagnosis.report.notes);
  print_all("warning", diagnosis.report.warnings);
  if (!diagnosis.error.empty()) std::printf("Keratin: stops with %s\n", diagnosis.error.c_str());
}

bool run(const Arguments& arguments) {
  const Diagnosis diagnosis = diagnose(arguments.file);
  print(arguments, diagnosis);
  if (!diagnosis.error.empty()) return false;
  if (arguments.fix.empty()) return true;
  LoadReport report;
  const Model model = load_model(arguments.file, {.report = &report});
  std::vector<std::string> notes;
  model.save(arguments.fix, {.notes = &notes});
  print_all("warning", report.warnings);
  print_all("note", notes);
  const Diagnosis repaired = diagnose(arguments.fix);
  print({arguments.fix, {}}, repaired);
  return true;
}

}  // namespace

void add_doctor(CLI::App& app, int& status) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "doctor", "Say what a file is, and which Keras opens it; status 1 where Keratin does not");
  command->add_option("FILE", arguments->file, "Any of Keras's files")->required();
  command->add_option("--fix", arguments->fix,
                      "Write the model to this file (.keras or .h5), for every Keras 3");
  command->callback([arguments, &status] { status = run(*arguments) ? 0 : 1; });
}

}  // namespace keratin::cli

#include <memory>
#include <string>

#include <keratin/framework/io/atomic_file.hpp>
#include <keratin/framework/plot.hpp>
#include <keratin/training/saving/load_function.hpp>

#include "command.hpp"
#include "model.hpp"

namespace keratin::cli {

void add_plot(CLI::App& app) {
  struct Arguments {
    std::string model, out;
    PlotOptions options;
    bool hide_shapes = false, hide_arguments = false, hide_params = false;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("plot", "Draw a model's graph");
  command->add_option("MODEL", arguments->model, "Any of Keras's files with an architecture")
      ->required();
  command->add_option("OUT", arguments->out, "Its ending tells the format: .svg, .html, .dot")
      ->required();
  command->add_flag("--expand-nested", arguments->options.expand_nested,
                    "Draw what is in nested models, too");
  command->add_flag("--show-trainable", arguments->options.show_trainable,
                    "Mark layers that are not trained");
  command->add_flag("--hide-shapes", arguments->hide_shapes, "Leave out the outputs' shapes");
  command->add_flag("--hide-arguments", arguments->hide_arguments,
                    "Leave out kernel sizes, strides, padding...");
  command->add_flag("--hide-params", arguments->hide_params, "Leave out the numbers of weights");
  command->callback([arguments] {
    PlotOptions& options = arguments->options;
    options.show_shapes = !arguments->hide_shapes;
    options.show_arguments = !arguments->hide_arguments;
    options.show_params = !arguments->hide_params;
    const auto function = arguments->model.ends_with(".json")
                              ? function_from_json(io::read_file(arguments->model))
                              : open_model(arguments->model);
    plot_model(*function, arguments->out, options);
  });
}

}  // namespace keratin::cli

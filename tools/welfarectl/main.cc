// welfarectl: the command line of the welfare platform.
#include <iostream>

#include <grpc/grpc.h>

#include <CLI/CLI.hpp>

#include "services/platform/observe/version.h"
#include "tools/welfarectl/commands/commands.h"
#include "tools/welfarectl/session/interrupt.h"
#include "tools/welfarectl/session/session.h"

int main(int argc, char** argv) {
  welfare::ctl::HandleInterrupts();
  // Never given back: the packaged gRPC now and then fails an assertion of its
  // own when its last user leaves while its threads still run.
  grpc_init();

  welfare::ctl::Session session;
  CLI::App app{
      "Works with the welfare platform through its gateway.\n\n"
      "Examples:\n"
      "  welfarectl roster show --fiscal-year 2025\n"
      "  welfarectl submission import answers.csv headers.csv\n"
      "  welfarectl indicator get plan_formulated --fiscal-year 2025\n"
      "  welfarectl report create --fiscal-year 2025"};
  app.name("welfarectl");
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--server", session.options.server, "Address of the gateway")
      ->envname("WELFARE_SERVER")
      ->capture_default_str();
  app.add_option("--survey", session.options.survey, "Survey id")
      ->capture_default_str();
  app.add_option("--output", session.options.output, "How to print")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  app.add_option("--color", session.options.color,
                 "Colours; auto: on a terminal only")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
  app.add_option("--timeout", session.options.timeout_seconds,
                 "Seconds to wait for an answer; an import has one for each "
                 "batch")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();

  welfare::ctl::AddMunicipalityCommands(app, session);
  welfare::ctl::AddStatusCommands(app, session);
  welfare::ctl::AddRosterCommands(app, session);
  welfare::ctl::AddLineageCommands(app, session);
  welfare::ctl::AddProgramCommands(app, session);
  welfare::ctl::AddCodebookCommands(app, session);
  welfare::ctl::AddRoundCommands(app, session);
  welfare::ctl::AddSubmissionCommands(app, session);
  welfare::ctl::AddIndicatorCommands(app, session);
  welfare::ctl::AddStatementCommands(app, session);
  welfare::ctl::AddReportCommands(app, session);
  app.add_subcommand("version", "Show the version")->callback([&session] {
    session.action = [] {
      std::cout << "welfarectl " << welfare::platform::BuildVersion() << "\n";
      return static_cast<int>(welfare::ctl::kOk);
    };
  });

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // CLI11 exits with 105 to 110 on usage errors; scripts expect 2.
    return app.exit(error) == 0 ? welfare::ctl::kOk : welfare::ctl::kUsage;
  }
  return session.action();
}

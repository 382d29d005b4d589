// welfarectl: the command line of the welfare platform.
#include <cstdlib>
#include <iostream>
#include <string>

#include <grpc/grpc.h>
#include <grpc/support/log.h>

#include "services/platform/observe/version.h"
#include "tools/welfarectl/arguments/command_line.h"
#include "tools/welfarectl/commands/access/access_commands.h"
#include "tools/welfarectl/commands/audit/audit_commands.h"
#include "tools/welfarectl/commands/backfill/backfill_commands.h"
#include "tools/welfarectl/commands/indicator/indicator_commands.h"
#include "tools/welfarectl/commands/registry/registry_commands.h"
#include "tools/welfarectl/commands/report/report_commands.h"
#include "tools/welfarectl/commands/shell/examples.h"
#include "tools/welfarectl/commands/shell/shell_commands.h"
#include "tools/welfarectl/commands/survey/survey_commands.h"
#include "tools/welfarectl/session/interrupt.h"
#include "tools/welfarectl/session/phrase.h"
#include "tools/welfarectl/session/session.h"

int main(int argc, char** argv) {
  welfare::ctl::SpeakIn(welfare::ctl::LanguageAskedFor(argc, argv));
  welfare::ctl::HandleInterrupts();
  // Never given back: the packaged gRPC now and then fails an assertion of its
  // own when its last user leaves while its threads still run.
  grpc_init();
  // What of it concerns a person is said in a sentence of ours.
  if (std::getenv("GRPC_VERBOSITY") == nullptr) {
    gpr_set_log_function([](gpr_log_func_args*) {});
  }

  welfare::ctl::Session session;
  welfare::ctl::CommandLine line(
      "welfarectl", "Works with the welfare platform through its gateway");
  const welfare::ctl::Command program = line.program();
  program.Example("welfarectl roster show --fiscal-year 2025")
      .Example("welfarectl submission import answers.csv headers.csv")
      .Example("welfarectl indicator get plan_formulated --fiscal-year 2025")
      .Example("welfarectl report create --fiscal-year 2025");
  program
      .AddOption("--server", session.options.server, "Address of the gateway")
      .FromEnvironment("WELFARE_SERVER")
      .ShowDefault();
  const welfare::ctl::Flag ca =
      program
          .AddOption("--ca-file", session.options.ca_file,
                     "Authorities that sign the gateway's certificate (PEM); "
                     "left out: without TLS")
          .File()
          .FromEnvironment("WELFARE_CA_FILE");
  const welfare::ctl::Flag cert =
      program
          .AddOption("--cert-file", session.options.cert_file,
                     "Certificate to show to the gateway (PEM)")
          .File()
          .FromEnvironment("WELFARE_CERT_FILE")
          .Needs(ca);
  program
      .AddOption("--key-file", session.options.key_file,
                 "Its private key (PEM)")
      .File()
      .FromEnvironment("WELFARE_KEY_FILE")
      .Needs(cert);
  const welfare::ctl::Flag token =
      program
          .AddOption("--token-file", session.options.token_file,
                     "Token that says who you are; read again for each call")
          .File()
          .FromEnvironment("WELFARE_TOKEN_FILE");
  program
      .AddOption("--api-key-file", session.options.api_key_file,
                 "API key that says who you are, in the place of a token")
      .File()
      .FromEnvironment("WELFARE_API_KEY_FILE")
      .Excludes(token);
  program.AddOption("--survey", session.options.survey, "Survey id")
      .ShowDefault();
  program.AddOption("--output", session.options.output, "How to print")
      .OneOf({"table", "json", "csv"})
      .ShowDefault();
  program
      .AddOption("--color", session.options.color,
                 "Colours; auto: on a terminal only")
      .OneOf({"auto", "always", "never"})
      .ShowDefault();
  program
      .AddOption("--lang", session.options.language,
                 "Language of messages, tables and help; left out: that of "
                 "LC_ALL, LC_MESSAGES or LANG")
      .OneOf({"ja", "en"});
  program
      .AddOption("--timeout", session.options.timeout_seconds,
                 "Seconds to wait for an answer; an import has one for each "
                 "batch")
      .Positive()
      .ShowDefault();

  welfare::ctl::AddMunicipalityCommands(program, session);
  welfare::ctl::AddStatusCommands(program, session);
  welfare::ctl::AddRosterCommands(program, session);
  welfare::ctl::AddLineageCommands(program, session);
  welfare::ctl::AddProgramCommands(program, session);
  welfare::ctl::AddCodebookCommands(program, session);
  welfare::ctl::AddRoundCommands(program, session);
  welfare::ctl::AddSubmissionCommands(program, session);
  welfare::ctl::AddBackfillCommands(program, session);
  welfare::ctl::AddIndicatorCommands(program, session);
  welfare::ctl::AddStatementCommands(program, session);
  welfare::ctl::AddReportCommands(program, session);
  welfare::ctl::AddAuditCommands(program, session);
  welfare::ctl::AddKeyCommands(program, session);
  welfare::ctl::AddShellCommands(
      line, std::string(welfare::platform::BuildVersion()), session);
  program.AddVerb("version", "Show the version").RunsAlone(session, [] {
    std::cout << "welfarectl " << welfare::platform::BuildVersion() << "\n";
    return static_cast<int>(welfare::ctl::kOk);
  });

  welfare::ctl::AddExamples(line);

  if (const auto code = line.Read(argc, argv)) return *code;
  if (session.calls) {
    if (const absl::Status read = session.ReadFiles(); !read.ok()) {
      return welfare::ctl::Fail(read);
    }
  }
  return session.action();
}

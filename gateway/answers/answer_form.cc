#include "gateway/answers/answer_form.h"

#include <algorithm>

namespace welfare::gateway {
namespace {

// Raised with any change of how JSON is written.
constexpr std::string_view kJsonForm = "json/1\n";

}  // namespace

std::variant<AnswerForm, std::string_view> AnswerForm::Read(
    const std::vector<Header>& headers, std::string_view shape,
    std::string_view target) {
  const auto read = ReadConditions::Read(headers);
  if (const auto* malformed = std::get_if<std::string_view>(&read)) {
    return *malformed;
  }
  const auto& [none_of, one_of] = std::get<ReadConditions>(read);
  AnswerForm form;
  form.codings_ = ReadAcceptEncoding(headers);
  std::string named(kJsonForm);
  named += GzipVersion();
  named += '\n';
  named += shape;
  named += '\n';
  named += target;
  form.form_ = ShortDigest(named);
  form.refuses_any_ = none_of.any;
  for (const EntityTag& tag : none_of.tags) {
    const auto name = AnswerName::Parse(tag.opaque);
    if (!name.has_value() || name->form != form.form_) continue;
    // A form that the caller does not take any more is of no use to it.
    if ((name->gzip ? form.codings_.gzip : form.codings_.identity) == 0) {
      continue;
    }
    form.held_.emplace_back(name->state, tag.opaque);
  }
  if (one_of.tags.empty()) return form;
  form.wanted_.emplace();
  for (const EntityTag& tag : one_of.tags) {
    const auto name = AnswerName::Parse(tag.opaque);
    if (tag.weak || !name.has_value() || name->form != form.form_) continue;
    form.wanted_->push_back(name->state);
  }
  return form;
}

std::string AnswerForm::HeldStates() const {
  std::string states;
  const std::size_t count = std::min(held_.size(), kMaxAsked);
  for (std::size_t i = 0; i < count; ++i) {
    if (i != 0) states += ',';
    states += held_[i].first;
  }
  return states.empty() ? "-" : states;
}

const std::string* AnswerForm::Held(std::string_view state) const {
  const auto found =
      std::find_if(held_.begin(), held_.end(),
                   [state](const auto& held) { return held.first == state; });
  return found == held_.end() ? nullptr : &found->second;
}

bool AnswerForm::IsOther(std::string_view state) const {
  return wanted_.has_value() &&
         std::find(wanted_->begin(), wanted_->end(), state) == wanted_->end();
}

std::string AnswerForm::Opaque(std::string_view state, bool gzip,
                               std::string_view resource) const {
  return AnswerName{.state = std::string(state),
                    .form = form_,
                    .gzip = gzip,
                    .resource = std::string(resource)}
      .Opaque();
}

}  // namespace welfare::gateway

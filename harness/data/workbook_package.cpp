#include "harness/data/workbook_package.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/core/text.h"

namespace mexbench::data {

using core::Error;
using core::ErrorCode;
using core::Result;
using core::Status;

namespace {

struct ZipError {
  zip_error_t error{};
  ZipError() { zip_error_init(&error); }
  ZipError(const ZipError&) = delete;
  ZipError& operator=(const ZipError&) = delete;
  ~ZipError() { zip_error_fini(&error); }
  [[nodiscard]] std::string text() { return zip_error_strerror(&error); }
};

struct FileCloser {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using ZipFile = std::unique_ptr<zip_file_t, FileCloser>;

// The names of parts don't tell capitals from small letters (ECMA-376 part 2, 6.2.2), and some programs write `\xl\workbook.xml`.
std::string key_of(std::string_view part) {
  std::string key(part);
  for (char& c : key) c = c == '\\' ? '/' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  key.erase(0, std::min(key.find_first_not_of('/'), key.size()));
  return key;
}

// `xl/` of `xl/workbook.xml`
std::string_view folder_of(std::string_view part) { return part.substr(0, part.rfind('/') + 1); }  // npos + 1 is 0

// `/xl/a.xml`, `a.xml` and `../xl/a.xml` beside `xl/b.xml` are all `xl/a.xml`.
std::string resolve(std::string_view base, std::string_view target) {
  std::string path = target.starts_with('/') ? std::string(target) : fmt::format("{}{}", folder_of(base), target);
  std::vector<std::string> steps;
  for (std::string& step : core::split(path, '/')) {
    if (step == ".." && !steps.empty()) steps.pop_back();
    if (!step.empty() && step != "." && step != "..") steps.push_back(std::move(step));
  }
  return core::join(steps, "/");
}

// pugixml takes bytes that are no UTF-8 for text, and ends at a NUL byte.
bool is_text(std::string_view bytes) { return bytes.find('\0') == std::string_view::npos && !core::invalid_utf8(bytes); }
bool is_utf16(std::string_view bytes) { return bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF"); }

}  // namespace

std::string_view local_name(std::string_view name) { return name.substr(name.rfind(':') + 1); }  // npos + 1 is 0

pugi::xml_node child(const pugi::xml_node& node, std::string_view local) {
  for (const pugi::xml_node& one : node.children()) {
    if (local_name(one.name()) == local) return one;
  }
  return {};
}

std::string_view attribute(const pugi::xml_node& node, std::string_view local) {
  for (const pugi::xml_attribute& one : node.attributes()) {
    if (local_name(one.name()) == local) return one.value();
  }
  return {};
}

std::string own_text(const pugi::xml_node& node) {
  std::string text;
  for (const pugi::xml_node& one : node.children()) {
    if (one.type() == pugi::node_pcdata || one.type() == pugi::node_cdata) text += one.value();
  }
  return text;
}

Result<XlsxPackage> XlsxPackage::open(std::string_view content, const std::string& file) {
  XlsxPackage package;
  package.file_ = file;
  package.budget_ = std::clamp<std::uint64_t>(content.size() * kMaxUnpackRatio, kUnpackFloor, kMaxUnpacked);
  ZipError error;
  zip_source_t* source = zip_source_buffer_create(content.data(), content.size(), /*freep=*/0, &error.error);
  if (source == nullptr) return package.damaged(error.text());
  package.archive_.reset(zip_open_from_source(source, ZIP_RDONLY, &error.error));
  if (package.archive_ == nullptr) {
    zip_source_free(source);
    return package.damaged(fmt::format("it begins as a zip archive, but the end does not fit, perhaps it is cut short: {}", error.text()));
  }
  MEXBENCH_TRY(package.list_entries());
  return package;
}

Status XlsxPackage::list_entries() {
  const zip_int64_t count = zip_get_num_entries(archive_.get(), 0);
  for (zip_int64_t i = 0; i < count; ++i) MEXBENCH_TRY(add_entry(static_cast<zip_uint64_t>(i)));
  return {};
}

Status XlsxPackage::add_entry(zip_uint64_t index) {
  zip_stat_t stat;
  zip_stat_init(&stat);
  constexpr zip_uint64_t kWanted = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  if (zip_stat_index(archive_.get(), index, 0, &stat) != 0 || (stat.valid & kWanted) != kWanted) {
    return damaged("a zip entry has no name, size or method");
  }
  const std::string name = stat.name;
  if (stat.encryption_method != ZIP_EM_NONE) {
    return Error::in_file(ErrorCode::kData, file_, "is encrypted").hint("save it without a password");
  }
  if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE) {
    return damaged(fmt::format("zip entry '{}' is compressed by method {}, a workbook's are stored or deflated", name, stat.comp_method));
  }
  if (name.ends_with('/')) return {};  // a folder
  if (!entries_.emplace(key_of(name), Entry{.index = index, .size = stat.size}).second) {
    return damaged(fmt::format("zip entry '{}' stands twice", name));
  }
  return {};
}

const XlsxPackage::Entry* XlsxPackage::find(std::string_view part) const {
  const auto found = entries_.find(key_of(part));
  return found == entries_.end() ? nullptr : &found->second;
}

bool XlsxPackage::has(std::string_view part) const { return find(part) != nullptr; }

Error XlsxPackage::damaged(std::string_view what) const {
  return Error::in_file(ErrorCode::kData, file_, fmt::format("is damaged: {}", what))
      .hint("open it in a spreadsheet program and save it again, or copy it anew");
}

std::string XlsxPackage::peek(std::string_view part, std::size_t bytes) const {
  const Entry* entry = find(part);
  if (entry == nullptr) return {};
  const ZipFile opened(zip_fopen_index(archive_.get(), entry->index, 0));
  std::string out(bytes, '\0');
  const zip_int64_t got = opened == nullptr ? 0 : zip_fread(opened.get(), out.data(), out.size());
  out.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return out;
}

Result<std::string> XlsxPackage::unpack(const std::string& part) {
  const Entry* entry = find(part);
  if (entry == nullptr) return damaged(fmt::format("part '{}' is missing", part));
  // Before a byte is unpacked.
  if (entry->size > kMaxPartBytes || entry->size > budget_) {
    return Error::in_file(ErrorCode::kData, file_,
                          fmt::format("part '{}' unpacks to {} bytes, far more than a file of this size needs", part, entry->size));
  }
  budget_ -= entry->size;
  const ZipFile opened(zip_fopen_index(archive_.get(), entry->index, 0));
  if (opened == nullptr) return damaged(fmt::format("part '{}': {}", part, zip_strerror(archive_.get())));
  // One byte more than there should be: the checksum is compared when the end is reached, and the end must be here.
  std::string out(entry->size + 1, '\0');
  std::size_t filled = 0;
  while (filled < out.size()) {
    const zip_int64_t got = zip_fread(opened.get(), out.data() + filled, out.size() - filled);
    if (got < 0) return damaged(fmt::format("part '{}': {}", part, zip_error_strerror(zip_file_get_error(opened.get()))));
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  if (filled != entry->size) return damaged(fmt::format("part '{}' does not have the {} bytes it claims", part, entry->size));
  out.pop_back();
  return out;
}

Result<std::unique_ptr<pugi::xml_document>> XlsxPackage::xml(const std::string& part, std::string_view root) {
  MEXBENCH_ASSIGN(const std::string text, unpack(part));
  const bool utf16 = is_utf16(text);
  if (!utf16 && !is_text(text)) return damaged(fmt::format("part '{}' is not UTF-8 text", part));
  if (static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return c == '<' || c == '='; })) > kMaxXmlMarks) {
    return Error::in_file(ErrorCode::kData, file_, fmt::format("part '{}' has more than {} tags and attributes", part, kMaxXmlMarks));
  }
  auto document = std::make_unique<pugi::xml_document>();
  // A text of blanks only is kept where it is all there is: it may stand between two runs of rich text. Nothing outside the part is ever
  // loaded, and pugixml expands no entities but the five of XML.
  constexpr unsigned kOptions = pugi::parse_default | pugi::parse_ws_pcdata_single | pugi::parse_doctype;
  const pugi::xml_parse_result parsed =
      document->load_buffer(text.data(), text.size(), kOptions, utf16 ? pugi::encoding_auto : pugi::encoding_utf8);
  if (!parsed) return damaged(fmt::format("part '{}', byte {}: {}", part, parsed.offset, parsed.description()));
  for (const pugi::xml_node& node : document->children()) {
    if (node.type() == pugi::node_doctype) return damaged(fmt::format("part '{}' has a document type, which no workbook has", part));
  }
  const std::string_view seen = local_name(document->document_element().name());
  if (seen != root) return damaged(fmt::format("part '{}' is a '{}', a '{}' is wanted", part, seen, root));
  return document;
}

Result<std::vector<XlsxPackage::Relationship>> XlsxPackage::relationships(const std::string& part) {
  const std::string_view folder = folder_of(part);
  const std::string list = fmt::format("{}_rels/{}.rels", folder, std::string_view(part).substr(folder.size()));
  if (!has(list)) return std::vector<Relationship>{};
  MEXBENCH_ASSIGN(const auto document, xml(list, "Relationships"));
  std::vector<Relationship> out;
  for (const pugi::xml_node& node : document->document_element().children()) {
    if (local_name(node.name()) != "Relationship" || attribute(node, "TargetMode") == "External") continue;
    const std::string_view type = attribute(node, "Type");
    out.push_back({.id = std::string(attribute(node, "Id")),
                   .kind = std::string(type.substr(type.rfind('/') + 1)),
                   .part = resolve(part, attribute(node, "Target"))});
  }
  return out;
}

}  // namespace mexbench::data

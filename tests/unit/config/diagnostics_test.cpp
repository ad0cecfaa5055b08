// Every complaint as a person sees it.
#include <string>

#include "unit/config/support.h"

namespace mexbench::config {
namespace {

// One change to a good file (`from` -> `to`, or the whole text when `from` is "*"), or one --set; and all that is printed.
struct Case {
  const char* name;
  const char* from;
  const char* to;
  const char* set;
  const char* printed;
};
// NOLINTNEXTLINE(readability-identifier-naming): GoogleTest's name
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class Diagnostics : public ::testing::TestWithParam<Case> {};

TEST_P(Diagnostics, PrintsExactly) {
  const Case& c = GetParam();
  ::unsetenv("UNSET_THING");
  const std::string from = c.from;
  const std::string text = from.empty() ? kGood : from == "*" ? c.to : good_with(from, c.to);
  EXPECT_EQ(problems(text, *c.set == '\0' ? std::vector<std::string>{} : std::vector<std::string>{c.set}), c.printed);
}

const Case kCases[] = {
    Case{"UnknownKeyWithASuggestionAndNoSecondComplaintAboutTheMissingKey", "  epochs: 3", "  epocs: 3", "",
         R"(e.yaml:8:3: error: unknown key 'epocs' in 'train'
    8 |   epocs: 3
      |   ^~~~~ did you mean 'epochs'?
)"},
    Case{"IntegerWithALeadingZero", "  epochs: 3", "  epochs: 010", "",
         R"(e.yaml:8:11: error: 'epochs' is '010', a whole number of at least 1 and at most 1000000 is wanted
    8 |   epochs: 010
      |           ^~~ write 10; a leading zero means octal to some readers of YAML
)"},
    Case{"IntegerInScientificNotation", "  epochs: 3", "  epochs: 1e3", "",
         R"(e.yaml:8:11: error: 'epochs' is '1e3', a whole number of at least 1 and at most 1000000 is wanted
    8 |   epochs: 1e3
      |           ^~~ write 1000
)"},
    Case{"QuotedNumberIsText", "  epochs: 3", R"(  epochs: "3")", "",
         R"(e.yaml:8:11: error: 'epochs' is the text '3', a whole number of at least 1 and at most 1000000 is wanted
    8 |   epochs: "3"
      |           ^~~ remove the quotes
)"},
    Case{"IntegerThatIsNoOctal", "  epochs: 3", "  epochs: 08", "",
         R"(e.yaml:8:11: error: 'epochs' is '08', a whole number of at least 1 and at most 1000000 is wanted
    8 |   epochs: 08
      |           ^~ write 8; a leading zero means octal to some readers of YAML
)"},
    Case{"OutOfRangeSaysTheRange", "  epochs: 3", "  epochs: 0", "",
         R"(e.yaml:8:11: error: 'epochs' is 0, a whole number of at least 1 and at most 1000000 is wanted
    8 |   epochs: 0
      |           ^
)"},
    Case{"YesIsNoBoolean", "  epochs: 3", R"(  epochs: 3
  shuffle: yes)",
         "",
         R"(e.yaml:9:12: error: 'shuffle' is 'yes', 'true' or 'false' is wanted
    9 |   shuffle: yes
      |            ^~~ write true
)"},
    Case{"DuplicateKeyNamesTheFirst", "  epochs: 3", R"(  epochs: 3
  epochs: 4)",
         "",
         R"(e.yaml:9:3: error: key 'epochs' is given twice
    9 |   epochs: 4
      |   ^~~~~~ keep one of them
      | note: first given at e.yaml:8:3
)"},
    Case{"KeyWithoutValue", "  epochs: 3", "  epochs:", "",
         R"(e.yaml:8:3: error: 'epochs' has no value, a whole number of at least 1 and at most 1000000 is wanted
    8 |   epochs:
      |   ^~~~~~
)"},
    Case{"EmptyList", R"(models:
  - name: ststnet)",
         "models: []", "",
         R"(e.yaml:5:9: error: 'models' is an empty list, at least one entry is wanted
    5 | models: []
      |         ^ an entry is a map with the key 'name'
)"},
    Case{"UnknownModelWithASuggestion", "  - name: ststnet", "  - name: stsnet", "",
         R"(e.yaml:6:11: error: 'name' of 'models' is 'stsnet', 'mlp' or 'ststnet' is wanted
    6 |   - name: stsnet
      |           ^~~~~~ did you mean 'ststnet'?
)"},
    Case{"ParametersAreCheckedAgainstTheModelsOwnSchema", "  - name: ststnet", "  - {name: ststnet, params: {dropout: 1, clases: 3}}", "",
         R"(e.yaml:6:39: error: 'dropout' is 1, a number of at least 0 and below 1 is wanted
    6 |   - {name: ststnet, params: {dropout: 1, clases: 3}}
      |                                       ^
e.yaml:6:42: error: unknown key 'clases' in 'params'
    6 |   - {name: ststnet, params: {dropout: 1, clases: 3}}
      |                                          ^~~~~~ did you mean 'classes'?
)"},
    Case{"KeyOfAnotherProtocol", "{name: loso}", "{name: loso, folds: 4}", "",
         R"(e.yaml:4:24: error: unknown key 'folds' in 'protocol'
    4 | protocol: {name: loso, folds: 4}
      |                        ^~~~~ 'folds' belongs to name: 'subject_kfold'
)"},
    Case{"OneOfAGroupIsMissing", "{name: loso}", "{name: holdout}", "",
         R"(e.yaml:4:1: error: one of 'test_subjects' or 'test_share' is missing in 'protocol'
    4 | protocol: {name: holdout}
      | ^~~~~~~~
)"},
    Case{"KeysThatExcludeEachOtherAndRepeatedEntry", "{name: loso}", "{name: holdout, test_share: 0.5, test_subjects: [a/b, a/b]}", "",
         R"(e.yaml:4:27: error: 'test_subjects' and 'test_share' exclude each other in 'protocol'
    4 | protocol: {name: holdout, test_share: 0.5, test_subjects: [a/b, a/b]}
      |                           ^~~~~~~~~~ keep one of them
e.yaml:4:65: error: 'a/b' is twice in 'test_subjects'
    4 | protocol: {name: holdout, test_share: 0.5, test_subjects: [a/b, a/b]}
      |                                                                 ^~~
      | note: first given at e.yaml:4:60
)"},
    Case{"UnusedAnchor", "  - name: ststnet", "  - &x {name: ststnet}", "",
         R"(e.yaml:6:5: error: anchor '&x' is never used
    6 |   - &x {name: ststnet}
      |     ^~ remove it, or use it as '*x'
)"},
    Case{"MergeKey", "  - name: ststnet", "  - {name: ststnet, <<: {label: a}}", "",
         R"(e.yaml:6:21: error: merge key '<<' is not accepted
    6 |   - {name: ststnet, <<: {label: a}}
      |                     ^~ use 'include', or write the keys out
)"},
    Case{"Tag", "name: demo", "name: !!str demo", "",
         R"(e.yaml:2:7: error: tag '!!str' is not accepted
    2 | name: !!str demo
      |       ^ remove it; text that looks like a number goes in quotes
)"},
    Case{"SecondDocument", "seeds: [0]", R"(seeds: [0]
---
a: 1)",
         "",
         R"(e.yaml:11:1: error: a second document begins here, one per file is accepted
   11 | ---
      | ^ remove it, or move it to a file of its own
)"},
    Case{"SeedsRepeatedAndNegative", "seeds: [0]", "seeds: [0, 1, 0, -1]", "",
         R"(e.yaml:10:15: error: '0' is twice in 'seeds'
   10 | seeds: [0, 1, 0, -1]
      |               ^
      | note: first given at e.yaml:10:9
e.yaml:10:18: error: an entry of 'seeds' is -1, a whole number of at least 0 and at most 9007199254740992 is wanted
   10 | seeds: [0, 1, 0, -1]
      |                  ^~
)"},
    Case{"UnclosedBracket", "seeds: [0]", "seeds: [0", "",
         R"(e.yaml:10:8: error: not valid YAML: '[' without its ']'
   10 | seeds: [0
      |        ^
)"},
    Case{"UnclosedBraceIsNamedWhereItOpens", "{name: loso}", "&p {name: loso # } ", "",
         R"(e.yaml:4:14: error: not valid YAML: '{' without its '}'
    4 | protocol: &p {name: loso # } 
      |              ^
)"},
    Case{"MissingCommaIsNamedWhereItIsWanted", "{name: loso}", "{name: holdout test_share: 0.5}", "",
         R"(e.yaml:4:36: error: not valid YAML: ',' or '}' is wanted here
    4 | protocol: {name: holdout test_share: 0.5}
      |                                    ^
)"},
    Case{"SeedsWithoutValue", "seeds: [0]", "seeds:", "",
         R"(e.yaml:10:1: error: 'seeds' has no value, a list, or a map of keys is wanted
   10 | seeds:
      | ^~~~~
)"},
    Case{"PinsWithoutValue", "  - name: ststnet", "  - {name: ststnet, weights: w.pth, weights_sha256: }", "",
         R"(e.yaml:6:37: error: 'weights_sha256' has no value, a path, or a map of keys is wanted
    6 |   - {name: ststnet, weights: w.pth, weights_sha256: }
      |                                     ^~~~~~~~~~~~~~
)"},
    Case{"PinsThatAreAList", "  - name: ststnet", "  - {name: ststnet, weights: w.pth, weights_sha256: [a]}", "",
         R"(e.yaml:6:53: error: 'weights_sha256' is a list, a path, or a map of keys is wanted
    6 |   - {name: ststnet, weights: w.pth, weights_sha256: [a]}
      |                                                     ^
)"},
    Case{"PublishedWithoutValue", "seeds: [0]", "seeds: [0]\npublished:", "",
         R"(e.yaml:11:1: error: 'published' has no value, a path, or a list is wanted
   11 | published:
      | ^~~~~~~~~
)"},
    Case{"PublishedThatIsAMap", "seeds: [0]", "seeds: [0]\npublished: {a: 1}", "",
         R"(e.yaml:11:12: error: 'published' is a map, a path, or a list is wanted
   11 | published: {a: 1}
      |            ^
)"},
    Case{"PublishedEntryThatIsAList", "seeds: [0]", "seeds: [0]\npublished: [[a]]", "",
         R"(e.yaml:11:13: error: an entry of 'published' is a list, a path, or a map of keys is wanted
   11 | published: [[a]]
      |             ^
)"},
    Case{"MergeKeyMayHoldWhatSeemsToBeMissing", "  - name: ststnet", "  - &a {name: ststnet}\n  - {<<: *a, label: b}", "",
         R"(e.yaml:7:6: error: merge key '<<' is not accepted
    7 |   - {<<: *a, label: b}
      |      ^~ use 'include', or write the keys out
)"},
    Case{"EmptyMaps", "  - name: ststnet", "  - {name: ststnet, sweep: {}, weights: w.pth, weights_sha256: {}}", "",
         R"(e.yaml:6:28: error: 'sweep' is an empty map, at least one key is wanted
    6 |   - {name: ststnet, sweep: {}, weights: w.pth, weights_sha256: {}}
      |                            ^ remove the key, or fill the map
e.yaml:6:64: error: 'weights_sha256' is an empty map, at least one key is wanted
    6 |   - {name: ststnet, sweep: {}, weights: w.pth, weights_sha256: {}}
      |                                                                ^ remove the key, or fill the map
)"},
    Case{"EmptyScores", "seeds: [0]", R"(seeds: [0]
published:
  - {id: a, citation: b, where: c, metric_convention: pooled, selection_rule: d, read_in_full: true, scores: {}}
  - {id: b, citation: b, where: c, metric_convention: pooled, selection_rule: d, read_in_full: true, scores: {all: {}}})",
         "",
         R"(e.yaml:12:110: error: 'scores' is an empty map, at least one key is wanted
   12 |   - {id: a, citation: b, where: c, metric_convention: pooled, selection_rule: d, read_in_full: true, scores: {}}
      |                                                                                                              ^ a key is 'all' or a dataset id
e.yaml:13:116: error: 'all' is an empty map, at least one key is wanted
   13 |   - {id: b, citation: b, where: c, metric_convention: pooled, selection_rule: d, read_in_full: true, scores: {all: {}}}
      |                                                                                                                    ^ remove the key, or fill the map
)"},
    Case{"DatasetsAreThoseOfTheAdapter", "label_map: synth3}", "label_map: synth3, only: [casme2, smik]}", "",
         R"(e.yaml:3:61: error: an entry of 'only' is 'smik', 'casme2' or 'smic' is wanted
    3 | dataset: {adapter: synth, label_map: synth3, only: [casme2, smik]}
      |                                                             ^~~~ did you mean 'smic'?
)"},
    Case{"CaretCountsCharacters", "  - name: ststnet", "  - {name: ststnet, label: \"éé\", params: {nme: 3}}", "",
         R"(e.yaml:6:28: error: 'label' is 'éé', a name of letters, digits and '._=+-', at most 128 characters is wanted
    6 |   - {name: ststnet, label: "éé", params: {nme: 3}}
      |                            ^~~~
e.yaml:6:45: error: unknown key 'nme' in 'params'
    6 |   - {name: ststnet, label: "éé", params: {nme: 3}}
      |                                           ^~~ known: 'classes' and 'dropout'
)"},
    Case{
        "SeedsAboveWhatJsonHolds", "seeds: [0]", "seeds: [9007199254740992, 9007199254740993]", "",
        R"(e.yaml:10:27: error: an entry of 'seeds' is 9007199254740993, a whole number of at least 0 and at most 9007199254740992 is wanted
   10 | seeds: [9007199254740992, 9007199254740993]
      |                           ^~~~~~~~~~~~~~~~
)"},
    Case{"CountedSeedsThatEndAboveIt", "seeds: [0]", "seeds: {from: 9007199254740992, count: 5}", "",
         R"(e.yaml:10:15: error: the last of 'seeds' is 9007199254740996, at most 9007199254740992 is wanted
   10 | seeds: {from: 9007199254740992, count: 5}
      |               ^~~~~~~~~~~~~~~~ 'from' is at most 9007199254740988 for 5 seeds
)"},
    Case{"EmptyListThatIsNeeded", "seeds: [0]", "seeds: []", "",
         R"(e.yaml:10:8: error: 'seeds' is an empty list, at least one entry is wanted
   10 | seeds: []
      |        ^ an entry is a whole number of at least 0 and at most 9007199254740992
)"},
    Case{"UnclosedQuoteAtTheEndOfTheFile", "name: demo", "name: demo\ndescription: \"a note", "",
         R"(e.yaml:3:14: error: not valid YAML: a quote is not closed
    3 | description: "a note
      |              ^
)"},
    Case{"UnclosedSingleQuoteInBrackets", "  - name: ststnet", "  - {name: ststnet, label: 'it''s}", "",
         R"(e.yaml:6:28: error: not valid YAML: a quote is not closed
    6 |   - {name: ststnet, label: 'it''s}
      |                            ^
)"},
    Case{"UnclosedQuoteOfAKeyBehindAnEscapedOne", "seeds: [0]\n", R"(seeds: [0]
"de\"scription: 3)",
         "",
         R"(e.yaml:11:1: error: not valid YAML: a quote is not closed
   11 | "de\"scription: 3
      | ^
)"},
    Case{"UnclosedQuoteBehindAnAnchor", "name: demo", "name: demo\ndescription: &x \"a note", "",
         R"(e.yaml:3:17: error: not valid YAML: a quote is not closed
    3 | description: &x "a note
      |                 ^
)"},
    Case{"SetOfAnUnclosedQuote", "", "", "description=\"a note",
         R"(--set:1:13: error: not valid YAML: a quote is not closed
    1 | description="a note
      |             ^
)"},
    Case{"LabelsTheRunFolderNeedsForItself", "  - name: ststnet", R"(  - {name: ststnet, label: report}
  - {name: ststnet, label: aside}
  - {name: ststnet, label: summary.csv}
  - {name: ststnet, label: resolved.yaml}
  - {name: ststnet, label: experiment.yaml})",
         "",
         R"(e.yaml:6:28: error: 'label' is 'report', which is a folder of the run's own beside those of the models
    6 |   - {name: ststnet, label: report}
      |                            ^~~~~~ choose another
e.yaml:7:28: error: 'label' is 'aside', which is a folder of the run's own beside those of the models
    7 |   - {name: ststnet, label: aside}
      |                            ^~~~~ choose another
e.yaml:8:28: error: 'label' is 'summary.csv', which is a file of the run's own beside the folders of the models
    8 |   - {name: ststnet, label: summary.csv}
      |                            ^~~~~~~~~~~ choose another
e.yaml:9:28: error: 'label' is 'resolved.yaml', which is a file of the run's own beside the folders of the models
    9 |   - {name: ststnet, label: resolved.yaml}
      |                            ^~~~~~~~~~~~~ choose another
e.yaml:10:28: error: 'label' is 'experiment.yaml', which is a file of the run's own beside the folders of the models
   10 |   - {name: ststnet, label: experiment.yaml}
      |                            ^~~~~~~~~~~~~~~ choose another
)"},
    Case{"NameThatTheCacheOfCorporaNeeds", "name: demo", "name: corpora", "",
         R"(e.yaml:2:7: error: 'name' is 'corpora', which is the folder of generated corpora beside those of experiments
    2 | name: corpora
      |       ^~~~~~~ choose another
)"},
    Case{"TaggedNumberIsNotCalledText", "  epochs: 3", "  epochs: !!int 3", "",
         R"(e.yaml:8:11: error: tag '!!int' is not accepted
    8 |   epochs: !!int 3
      |           ^ remove it; text that looks like a number goes in quotes
)"},
    Case{"SweptKeyThatIsUnknownIsNamedOnce", "  - name: ststnet", "  - {name: ststnet, sweep: {foo: [1]}}", "",
         R"(e.yaml:6:29: error: key 'foo' in 'sweep': a key path below 'params', 'train' or 'input' (such as 'params.dropout') is wanted
    6 |   - {name: ststnet, sweep: {foo: [1]}}
      |                             ^~~
)"},
    Case{"EntryWithoutValueIsNamedAtItsDash", "  - name: ststnet", "  -\n\n  # nothing\n  - name: ststnet", "",
         R"(e.yaml:6:3: error: an entry of 'models' has no value, a map with the key 'name' is wanted
    6 |   -
      |   ^
)"},
    Case{"EntryThatIsNullIsNamedWhereItStands", "  - name: ststnet", "  - null\n  - name: ststnet", "",
         R"(e.yaml:6:5: error: an entry of 'models' has no value, a map with the key 'name' is wanted
    6 |   - null
      |     ^
)"},
    Case{"NullInAModelsTrain", "  - name: ststnet", "  - {name: ststnet, train: {optimizer: null}}", "",
         R"(e.yaml:6:29: error: 'optimizer' has no value, 'adam', 'adamw', 'sgd' or 'rmsprop', or a map with the key 'name' is wanted
    6 |   - {name: ststnet, train: {optimizer: null}}
      |                             ^~~~~~~~~
)"},
    Case{"DeviceThatIsNotBuiltIn", "seeds: [0]", R"(seeds: [0]
device: cuda)",
         "",
         R"(e.yaml:11:9: error: 'cuda' is not built in; use 'cpu'
   11 | device: cuda
      |         ^~~~
)"},
    Case{"EngineThatIsUnknown", "seeds: [0]", R"(seeds: [0]
engine: libtroch)",
         "",
         R"(e.yaml:11:9: error: 'engine' is 'libtroch', 'auto', 'libtorch' or 'fused' is wanted
   11 | engine: libtroch
      |         ^~~~~~~~ did you mean 'libtorch'?
)"},
    Case{"EngineOfAModelThatIsUnknown", "  - name: ststnet", "  - {name: ststnet, engine: fast}", "",
         R"(e.yaml:6:29: error: 'engine' is 'fast', 'auto', 'libtorch' or 'fused' is wanted
    6 |   - {name: ststnet, engine: fast}
      |                             ^~~~
)"},
    Case{"VariableWhereItIsNotExpanded", "name: demo", R"(name: "${UNSET_THING}")", "",
         R"(e.yaml:2:7: error: 'name' is '${UNSET_THING}', a name of letters, digits and '._-', at most 128 characters is wanted
    2 | name: "${UNSET_THING}"
      |       ^~~~~~~~~~~~~~~~ '${NAME}' is expanded in paths and free text only
)"},
    Case{"UnsetVariableAndUnclosedBrace", "name: demo", R"(name: demo
description: "${UNSET_THING} ${A")",
         "",
         R"(e.yaml:3:14: error: environment variable 'UNSET_THING' is not set
    3 | description: "${UNSET_THING} ${A"
      |              ^~~~~~~~~~~~~~~~~~~~ set it ('export UNSET_THING=...'), or give a default: '${UNSET_THING:-default}'
e.yaml:3:14: error: '${' without its '}' in '${UNSET_THING} ${A'
    3 | description: "${UNSET_THING} ${A"
      |              ^~~~~~~~~~~~~~~~~~~~ '${NAME}' and '${NAME:-default}' are expanded; '$${' stands for '${'
)"},
    Case{"ModelsThatContradictThemselves", "  - name: ststnet", R"(  - {name: ststnet, weights: "w/{subjct}.pth", train: {epochs: 3}}
  - {name: ststnet, weights_sha256: {a: b}})",
         "",
         R"(e.yaml:6:30: error: unknown placeholder '{subjct}' in 'weights'
    6 |   - {name: ststnet, weights: "w/{subjct}.pth", train: {epochs: 3}}
      |                              ^~~~~~~~~~~~~~~~ did you mean '{subject}'?
e.yaml:6:48: error: 'train' is given for a model that loads its weights
    6 |   - {name: ststnet, weights: "w/{subjct}.pth", train: {epochs: 3}}
      |                                                ^~~~~ remove 'train' or 'weights'
e.yaml:7:5: error: two models are labelled 'ststnet'
    7 |   - {name: ststnet, weights_sha256: {a: b}}
      |     ^ give each its own 'label'
      | note: first at e.yaml:6:5
e.yaml:7:21: error: 'weights_sha256' pins weights, but there is no 'weights'
    7 |   - {name: ststnet, weights_sha256: {a: b}}
      |                     ^~~~~~~~~~~~~~ add 'weights', or remove the pins
e.yaml:7:41: error: 'a' is 'b', a SHA-256 of 64 lower-case hexadecimal digits is wanted
    7 |   - {name: ststnet, weights_sha256: {a: b}}
      |                                         ^
)"},
    Case{"EmptyFile", "*", "", "",
         R"(e.yaml: error: is empty, a map of keys is wanted
)"},
    Case{"OnlyComments", "*", "# nothing", "",
         R"(e.yaml: error: is empty, a map of keys is wanted
)"},
    Case{"FileThatIsNoMap", "*", "- a", "",
         R"(e.yaml:1:1: error: the file is a list, a map of keys is wanted
    1 | - a
      | ^
)"},
    Case{"WrongTopLevel", "*", R"(schema_version: 2
modles: 3)",
         "",
         R"(e.yaml:1:1: error: key 'name' is missing in the file
    1 | schema_version: 2
      | ^ add 'name: ...', a name of letters, digits and '._-', at most 128 characters
e.yaml:1:1: error: key 'dataset' is missing in the file
    1 | schema_version: 2
      | ^ add 'dataset: ...', a map with the key 'adapter'
e.yaml:1:1: error: key 'protocol' is missing in the file
    1 | schema_version: 2
      | ^ add 'protocol: ...', 'holdout', 'lodo', 'loso' or 'subject_kfold', or a map with the key 'name'
e.yaml:1:1: error: key 'seeds' is missing in the file
    1 | schema_version: 2
      | ^ add 'seeds: ...', a list, or a map of keys
e.yaml:1:17: error: 'schema_version' is 2, a whole number equal to 1 is wanted
    1 | schema_version: 2
      |                 ^
e.yaml:2:1: error: unknown key 'modles' in the file
    2 | modles: 3
      | ^~~~~~ did you mean 'models'?
)"},
    Case{"SetOfAnUnknownKey", "", "", "train.epocs=3",
         R"(--set:1:7: error: unknown key 'epocs' in 'train'
    1 | train.epocs=3
      |       ^~~~~ did you mean 'epochs'?
)"},
    Case{"SetThroughAScalar", "", "", "train.epochs.x=3",
         R"(--set:1:14: error: 'train.epochs' is text and has no key 'x'
    1 | train.epochs.x=3
      |              ^
)"},
    Case{"SetBeyondAList", "", "", "models.4.label=a",
         R"(--set:1:8: error: 'models' has 1 entry, there is no '4'
    1 | models.4.label=a
      |        ^ entries are numbered from 0
)"},
    Case{"SetWithoutEquals", "", "", "train",
         R"(--set:1:1: error: 'train' is not an override, key.path=value is wanted
    1 | train
      | ^~~~~
)"},
    Case{"SetOfBrokenYaml", "", "", "train.epochs=[1",
         R"(--set:1:14: error: not valid YAML: '[' without its ']'
    1 | train.epochs=[1
      |              ^
)"},
    Case{"NothingToTrainBy", R"(train:
  epochs: 3
  batch_size: 32
)",
         "", "",
         R"(e.yaml:6:5: error: model 'ststnet' has nothing to be trained by: neither 'train' nor 'weights' is given
    6 |   - name: ststnet
      |     ^ add 'train: {epochs: ..., batch_size: ...}', or 'weights: ...' to load it
)"},
    Case{"SweepThatDoesNotFit", "  - name: ststnet", "  - {name: ststnet, sweep: {params.dropot: [1], weights: [a], params.classes: []}}",
         "",
         R"(e.yaml:6:36: error: unknown key 'dropot' in 'params'
    6 |   - {name: ststnet, sweep: {params.dropot: [1], weights: [a], params.classes: []}}
      |                                    ^~~~~~ did you mean 'dropout'?
e.yaml:6:49: error: key 'weights' in 'sweep': a key path below 'params', 'train' or 'input' (such as 'params.dropout') is wanted
    6 |   - {name: ststnet, sweep: {params.dropot: [1], weights: [a], params.classes: []}}
      |                                                 ^~~~~~~
e.yaml:6:79: error: 'params.classes' is an empty list, at least one entry is wanted
    6 |   - {name: ststnet, sweep: {params.dropot: [1], weights: [a], params.classes: []}}
      |                                                                               ^ remove the key, or fill the list
)"},
    Case{"SeedsWithoutCount", "seeds: [0]", "seeds: {from: 0}", "",
         R"(e.yaml:10:1: error: key 'count' is missing in 'seeds'
   10 | seeds: {from: 0}
      | ^~~~~ add 'count: ...', a whole number of at least 1 and at most 10000
)"},
    Case{"SeedsThatAreAScalar", "seeds: [0]", "seeds: 3", "",
         R"(e.yaml:10:8: error: 'seeds' is '3', a list, or a map of keys is wanted
   10 | seeds: 3
      |        ^
)"},
    Case{"MissingPublishedFile", "seeds: [0]", R"(seeds: [0]
published: nowhere.yaml)",
         "",
         R"(e.yaml:11:12: error: nowhere.yaml: can't open: No such file or directory
   11 | published: nowhere.yaml
      |            ^~~~~~~~~~~~ relative paths are relative to the file that holds them
)"},
    Case{"TabInTheIndentation", "seeds: [0]", R"(seeds: [0]
	x: 3)",
         "",
         R"(e.yaml:11:2: error: not valid YAML: a tab in the indentation
   11 |  x: 3
      |  ^ indent with blanks
)"},
    Case{"OptimizerThatDoesNotFit", "", "", "train.optimizer={name: sgd, lr: 0, nesterov: true}",
         R"(--set:1:33: error: 'lr' is 0, a number above 0 is wanted
    1 | train.optimizer={name: sgd, lr: 0, nesterov: true}
      |                                 ^
--set:1:46: error: 'nesterov' needs a 'momentum' above 0
    1 | train.optimizer={name: sgd, lr: 0, nesterov: true}
      |                                              ^~~~ add 'momentum: 0.9'
)"},
    Case{"LossesOutOfTheirRange", "  epochs: 3\n", "  epochs: 3\n  loss: {name: cross_entropy, label_smoothing: 1}\n  clip_grad_norm: 0\n",
         "",
         R"(e.yaml:9:48: error: 'label_smoothing' is 1, a number of at least 0 and below 1 is wanted
    9 |   loss: {name: cross_entropy, label_smoothing: 1}
      |                                                ^
e.yaml:10:19: error: 'clip_grad_norm' is 0, a number above 0 is wanted
   10 |   clip_grad_norm: 0
      |                   ^
)"},
    Case{"MarginsTheWrongWayRound", "  epochs: 3\n", "  epochs: 3\n  loss: {name: capsule_margin, m_minus: 0.95}\n", "",
         R"(e.yaml:9:41: error: 'm_minus' is 0.95, 'm_plus' is 0.9: 'm_minus' below 'm_plus' is wanted
    9 |   loss: {name: capsule_margin, m_minus: 0.95}
      |                                         ^~~~
)"},
    Case{"WarmUpWithoutAnEnd", "  epochs: 3\n", "  epochs: 3\n  schedule: {name: cosine, warmup_epochs: 3}\n", "",
         R"(e.yaml:9:43: error: 'warmup_epochs' is 3, of 3 epochs: the schedule would never begin
    9 |   schedule: {name: cosine, warmup_epochs: 3}
      |                                           ^ warm up for fewer epochs, or train for more
)"},
    Case{"SamplerThatHasNoOrderToKeep", "  epochs: 3\n", "  epochs: 3\n  shuffle: false\n  sampler: class_balanced\n", "",
         R"(e.yaml:9:12: error: 'shuffle: false' keeps the release's order, 'class_balanced' draws another
    9 |   shuffle: false
      |            ^~~~~ remove one of the two
)"},
    Case{"StepsOfAugmentationThatAreWrong", "  epochs: 3\n",
         "  epochs: 3\n  augment:\n    - flip\n    - {name: shift, pixels: 0}\n    - {name: rotate, degrees: 200, border: mirror}\n"
         "    - {name: magnify, factor: [2, 0.5]}\n    - {name: noise, sigma: 1.5}\n    - {name: mixup, alpha: 0}\n    - colour_jitter\n",
         "",
         R"(e.yaml:11:7: error: key 'border' is missing in 'augment'
   11 |     - {name: shift, pixels: 0}
      |       ^ add 'border: ...', 'edge' or 'zero'
e.yaml:11:29: error: 'pixels' is 0, a whole number of at least 1 and at most 1000 is wanted
   11 |     - {name: shift, pixels: 0}
      |                             ^
e.yaml:12:31: error: 'degrees' is 200, a number above 0 and at most 180 is wanted
   12 |     - {name: rotate, degrees: 200, border: mirror}
      |                               ^~~
e.yaml:12:44: error: 'border' is 'mirror', 'edge' or 'zero' is wanted
   12 |     - {name: rotate, degrees: 200, border: mirror}
      |                                            ^~~~~~
e.yaml:13:32: error: 'factor' is from 2 to 0.5, the least comes first
   13 |     - {name: magnify, factor: [2, 0.5]}
      |                                ^
e.yaml:14:28: error: 'sigma' is 1.5, a number above 0 and at most 1 is wanted
   14 |     - {name: noise, sigma: 1.5}
      |                            ^~~
e.yaml:15:28: error: 'alpha' is 0, a number above 0 and at most 100 is wanted
   15 |     - {name: mixup, alpha: 0}
      |                            ^
e.yaml:16:7: error: 'augment' is 'colour_jitter', 'flip', 'shift', 'rotate', 'noise', 'mixup', 'magnify' or 'temporal_jitter' is wanted
   16 |     - colour_jitter
      |       ^~~~~~~~~~~~~
)"},
    Case{"PatienceAndOptimizerOutOfTheirRange", "  epochs: 3\n",
         "  epochs: 3\n  selection: {name: inner_subjects, patience: 0}\n  optimizer: {name: rmsprop, lr: 0.1, alpha: 1.5}\n", "",
         R"(e.yaml:9:47: error: 'patience' is 0, a whole number of at least 1 is wanted
    9 |   selection: {name: inner_subjects, patience: 0}
      |                                               ^
e.yaml:10:46: error: 'alpha' is 1.5, a number of at least 0 and below 1 is wanted
   10 |   optimizer: {name: rmsprop, lr: 0.1, alpha: 1.5}
      |                                              ^~~
)"},
    Case{"ChoiceWithASuggestion", "", "", "train.class_weights=balancd",
         R"(--set:1:21: error: 'class_weights' is 'balancd', 'none' or 'balanced' is wanted
    1 | train.class_weights=balancd
      |                     ^~~~~~~ did you mean 'balanced'?
)"},
    Case{"MapWanted", "", "", "dataset=[]",
         R"(--set:1:9: error: 'dataset' is a list, a map with the key 'adapter' is wanted
    1 | dataset=[]
      |         ^
)"},
    Case{"UnknownOptimizer", "", "", "train.optimizer=adma",
         R"(--set:1:17: error: 'optimizer' is 'adma', 'adam', 'adamw', 'sgd' or 'rmsprop' is wanted
    1 | train.optimizer=adma
      |                 ^~~~ did you mean 'adam'?
)"},
    Case{"NameThatIsNoFolderName", "name: demo", "name: a/b", "",
         R"(e.yaml:2:7: error: 'name' is 'a/b', a name of letters, digits and '._-', at most 128 characters is wanted
    2 | name: a/b
      |       ^~~
)"},
    Case{"UndefinedAlias", "  epochs: 3", "  epochs: *nothing", "",
         R"(e.yaml:8:11: error: alias of an anchor that is not defined
    8 |   epochs: *nothing
      |           ^ an anchor '&name' stands before its alias '*name'
)"},
    Case{"AnchorInsideItself", "  epochs: 3", "  epochs: &a [*a]", "",
         R"(e.yaml:8:11: error: 'epochs' is a list, a whole number of at least 1 and at most 1000000 is wanted
    8 |   epochs: &a [*a]
      |           ^
e.yaml:8:15: error: an anchor can't be used inside its own value
    8 |   epochs: &a [*a]
      |               ^
)"},
    Case{"KeyThatIsAList", "name: demo", R"(? [a, b]
: 1
name: demo)",
         "",
         R"(e.yaml:2:3: error: a key must be text, not a list or map
    2 | ? [a, b]
      |   ^
)"},
    Case{"MisspeltDiscriminator", "{name: loso}", "{nme: loso}", "",
         R"(e.yaml:4:12: error: unknown key 'nme' in 'protocol'
    4 | protocol: {nme: loso}
      |            ^~~ did you mean 'name'?
)"},
    Case{"ListForAUnion", "{name: loso}", "[loso]", "",
         R"(e.yaml:4:11: error: 'protocol' is a list, 'holdout', 'lodo', 'loso' or 'subject_kfold', or a map with the key 'name' is wanted
    4 | protocol: [loso]
      |           ^
)"},
    Case{"LabelChannelsAndSchedule", "  - name: ststnet",
         R"(  - {name: ststnet, label: "a/b", input: {channels: []}, train: {schedule: {name: cosine, min_lr: 1}}})", "",
         R"(e.yaml:6:28: error: 'label' is 'a/b', a name of letters, digits and '._=+-', at most 128 characters is wanted
    6 |   - {name: ststnet, label: "a/b", input: {channels: []}, train: {schedule: {name: cosine, min_lr: 1}}}
      |                            ^~~~~
e.yaml:6:53: error: 'channels' is an empty list, at least one entry is wanted
    6 |   - {name: ststnet, label: "a/b", input: {channels: []}, train: {schedule: {name: cosine, min_lr: 1}}}
      |                                                     ^ remove the key, or fill the list
e.yaml:6:99: error: 'min_lr' is 1, above the learning rate 0.001
    6 |   - {name: ststnet, label: "a/b", input: {channels: []}, train: {schedule: {name: cosine, min_lr: 1}}}
      |                                                                                                   ^
)"},
    Case{"InputWithoutASize", "  - name: ststnet", "  - {name: ststnet, input: {interpolation: area}}", "",
         R"(e.yaml:6:44: error: 'interpolation' says how images are resized, but no 'size' is given
    6 |   - {name: ststnet, input: {interpolation: area}}
      |                                            ^~~~
)"},
    Case{"InputSizes", "  - name: ststnet",
         "  - {name: ststnet, input: {size: [28, 0], interpolation: linear}}\n  - {name: ststnet, label: b, input: {size: [1, 2, 3]}}\n"
         "  - {name: ststnet, label: c, input: {size: big}}\n  - {name: ststnet, label: d, input: {}}",
         "",
         R"(e.yaml:6:40: error: an entry of 'size' is 0, a whole number of at least 1 and at most 1024 is wanted
    6 |   - {name: ststnet, input: {size: [28, 0], interpolation: linear}}
      |                                        ^
e.yaml:6:59: error: 'interpolation' is 'linear', 'bilinear', 'area', 'nearest' or 'bicubic' is wanted
    6 |   - {name: ststnet, input: {size: [28, 0], interpolation: linear}}
      |                                                           ^~~~~~ did you mean 'bilinear'?
e.yaml:7:45: error: 'size' has 3 entries, exactly 2 are wanted
    7 |   - {name: ststnet, label: b, input: {size: [1, 2, 3]}}
      |                                             ^
e.yaml:8:45: error: 'size' is 'big', a whole number of at least 1 and at most 1024 is wanted
    8 |   - {name: ststnet, label: c, input: {size: big}}
      |                                             ^~~
e.yaml:9:38: error: 'input' is an empty map, at least one key is wanted
    9 |   - {name: ststnet, label: d, input: {}}
      |                                      ^ remove the key, or fill the map
)"},
    Case{"SetInclude", "", "", "include=x.yaml",
         R"(--set:1:1: error: 'include' can't be set from the command line
    1 | include=x.yaml
      | ^~~~~~~~~~~~~~ write a file that includes both
)"},
    Case{"SetTextForANumber", "", "", R"(models.0.params.dropout="half")",
         R"(--set:1:25: error: 'dropout' is the text 'half', a number of at least 0 and below 1 is wanted
    1 | models.0.params.dropout="half"
      |                         ^~~~~~
)"},
    Case{"ListOfWrongLength", "", "", "train.optimizer.betas=[0.9]",
         R"(--set:1:23: error: 'betas' has 1 entry, exactly 2 are wanted
    1 | train.optimizer.betas=[0.9]
      |                       ^
)"},
    Case{"VariableForANumber", "", "", "train.epochs=${EPOCHS}",
         R"(--set:1:14: error: 'epochs' is '${EPOCHS}', a whole number of at least 1 and at most 1000000 is wanted
    1 | train.epochs=${EPOCHS}
      |              ^~~~~~~~~ '${NAME}' is expanded in paths and free text only; '--set key=value' sets numbers
)"},
    Case{"AdapterOptions", "{adapter: synth, label_map: synth3}", R"({adapter: synth, subjects: 1, root: ""})", "",
         R"(e.yaml:3:1: error: key 'label_map' is missing in 'dataset'
    3 | dataset: {adapter: synth, subjects: 1, root: ""}
      | ^~~~~~~ add 'label_map: ...', 'synth3' or 'synth2'
e.yaml:3:37: error: 'subjects' is 1, a whole number of at least 2 is wanted
    3 | dataset: {adapter: synth, subjects: 1, root: ""}
      |                                     ^
e.yaml:3:46: error: the path is empty
    3 | dataset: {adapter: synth, subjects: 1, root: ""}
      |                                              ^
)"},
    Case{"PublishedScoreAndLabel", "seeds: [0]", R"(seeds: [0]
published: [{id: a, citation: b, where: c, metric_convention: pooled, selection_rule: d, read_in_full: true, scores: {all: {uf1: 72.0}}, model_label: ststne}])",
         "",
         R"(e.yaml:11:130: error: 'uf1' is 72.0, a number of at least 0 and at most 1 is wanted
   11 | published: [{id: a, citation: b, where: c, metric_convention: pooled, selection_rule: d, read_in_full: true, scores: {all: {uf1: 72.0}}, model_label: ststne}]
      |                                                                                                                                  ^~~~
e.yaml:11:151: error: 'model_label' is 'ststne', which no model has
   11 | published: [{id: a, citation: b, where: c, metric_convention: pooled, selection_rule: d, read_in_full: true, scores: {all: {uf1: 72.0}}, model_label: ststne}]
      |                                                                                                                                                       ^~~~~~ did you mean 'ststnet'?
)"}};
INSTANTIATE_TEST_SUITE_P(Messages, Diagnostics, ::testing::ValuesIn(kCases), [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace mexbench::config

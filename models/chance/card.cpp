#include "models/chance/card.h"

namespace mexbench::models {

ModelCard chance_card() {
  return {
      .kind = Kind::kMethod,
      .name = "chance",
      .title = "Chance",
      .paper =
          "The strategies of scikit-learn's DummyClassifier. F. Pedregosa et al.: Scikit-learn: machine learning in Python. Journal of "
          "Machine Learning Research 12 (2011), 2825-2830",
      .doi = "10.48550/arXiv.1201.0490",
      .verified = "fixture",
      .input = {},
      .params = {{.name = "strategy",
                  .type = ParamDef::Type::kChoice,
                  .default_value = "stratified",
                  .choices = {"majority", "prior", "stratified"},
                  .doc = "majority: the class with most training clips; prior: the same class, with the training clips' shares as scores; "
                         "stratified: classes drawn at random with those shares"}},
  };
}

}  // namespace mexbench::models

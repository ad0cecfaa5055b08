// The initial values that Keras 2 gives its layers, for networks whose authors released Keras code: LibTorch's are others.
#pragma once

#include "harness/train/network.h"

namespace mexbench::models::keras {

// Convolutions and linear layers: weights Glorot-uniform (Glorot, Bengio, AISTATS 2010, equation 16), biases 0. LSTM: the weights of the
// input alike, those of the state orthogonal; of the two biases, which only act as a sum, one is 0 and the other is 1 at the forget gate
// and 0 elsewhere. Draws in the order of registration.
void initialise(torch::nn::Module& network);

}  // namespace mexbench::models::keras

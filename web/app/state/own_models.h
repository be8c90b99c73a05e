#pragma once
/// The trained networks of this project, stored beside the page (assets/models), and their descriptions.

namespace playground {

struct OwnModel {
  const char *name, *title, *offer, *about;
};
constexpr OwnModel kOwnModels[] = {
    {"vgg_bn", "vgg_bn, trained: 88.6 % right", "Try a trained network (88.6 % right)",
     "vgg_bn after 30 epochs on the training pictures of CIFAR-10, in a copy that had been compressed as "
     "JPEG: it predicts 88.6 % of the test pictures correctly."}};

}  // namespace playground

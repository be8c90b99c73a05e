#pragma once
/// The trained networks of this project, stored beside the page (assets/models), and their descriptions.

namespace playground {

struct OwnModel {
  const char *name, *title, *offer, *about;
};
constexpr OwnModel kOwnModels[] = {
    {"vgg_bn", "vgg_bn, trained: 88.6 % correct", "Try a trained network (88.6 % correct)",
     "vgg_bn after 30 epochs on a JPEG-compressed copy of CIFAR-10: it predicts 88.6 % of the test pictures "
     "correctly."}};

}  // namespace playground

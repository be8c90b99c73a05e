// The trained networks of this project that lie beside the page (assets/models): what the offers say of them.
#pragma once

namespace playground {

struct OwnModel {
  const char *name, *title, *offer, *about;
};
constexpr OwnModel kOwnModels[] = {
    {"vgg_bn", "vgg_bn, trained: 88.6 % right", "Or try a trained network (vgg_bn, 88.6 %)",
     "vgg_bn as it was after 30 epochs on the training pictures of CIFAR-10, in a copy that had been through "
     "JPEG: 88.6 % of the test pictures right."}};

}  // namespace playground

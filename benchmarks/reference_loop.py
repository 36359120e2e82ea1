"""An epoch as most tutorials write it: the yardstick for the engine's speed.

Images pass one by one through PIL and torchvision's transforms, a DataLoader batches them,
loss and accuracy are read out at every step. No workers: one thread, as a study's jobs have.
"""

import torch
from normstudy.data.idx import Split
from normstudy.network.model import model_of
from PIL import Image
from torch.nn.functional import nll_loss
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms


class Digits(Dataset):
    """One PIL image and its label at a time, as torchvision.datasets.MNIST gives them."""

    def __init__(self, split: Split, transform):
        self.split, self.transform = split, transform

    def __len__(self):
        return len(self.split.labels)

    def __getitem__(self, index):
        image = Image.fromarray(self.split.images[index])
        return self.transform(image), int(self.split.labels[index])


def reference_epoch(recipe: dict, train: Split, test: Split) -> float:
    """Train for one epoch by the recipe and test; returns the test accuracy in percent."""
    to_input = [transforms.ToTensor(), transforms.Normalize(recipe["mean"], recipe["std"])]
    augmented = transforms.Compose(
        [
            transforms.RandomRotation(recipe["rotation_degrees"], fill=1),
            transforms.ColorJitter(recipe["brightness"], recipe["contrast"], 0.4, 0.1),
            *to_input,
        ]
    )
    size = recipe["batch_size"]
    train_loader = DataLoader(Digits(train, augmented), batch_size=size, shuffle=True)
    test_loader = DataLoader(Digits(test, transforms.Compose(to_input)), batch_size=size)
    model = model_of(recipe)
    optimizer = torch.optim.SGD(model.parameters(), lr=recipe["max_lr"], momentum=0.8)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, recipe["max_lr"], epochs=20, steps_per_epoch=len(train_loader)
    )

    model.train()
    total_loss, correct = 0.0, 0
    for data, target in train_loader:
        optimizer.zero_grad()
        output = model(data)
        loss = nll_loss(output, target)
        if recipe["l1"]:
            loss = loss + recipe["l1"] * sum(p.abs().mean() for p in model.parameters())
        loss.backward()
        optimizer.step()
        schedule.step()
        total_loss += loss.item()
        correct += output.argmax(dim=1).eq(target).sum().item()

    model.eval()
    correct = 0
    with torch.no_grad():
        for data, target in test_loader:
            output = model(data)
            total_loss += nll_loss(output, target, reduction="sum").item()
            correct += output.argmax(dim=1).eq(target).sum().item()
    return 100 * correct / len(test.labels)

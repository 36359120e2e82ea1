"""Training as most tutorials write it: the yardstick for the engine's speed and its results.

Images pass one by one through PIL and torchvision's transforms, a DataLoader batches them,
loss and accuracy are read out at every step. No workers: one thread, as a study's jobs have.
"""

from pathlib import Path

import torch
import yaml
from normstudy.config.check import check
from normstudy.data.idx import Split
from normstudy.network.model import model_of
from PIL import Image
from torch.nn.functional import nll_loss
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

ROOT = Path(__file__).parent.parent


def recipe_of(variant: str) -> dict:
    """The variant's recipe by config.yaml."""
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    return check(yaml.safe_load(text)).run_parameters(variant)


class Digits(Dataset):
    """One PIL image and its label at a time, as torchvision.datasets.MNIST gives them."""

    def __init__(self, split: Split, transform):
        self.split, self.transform = split, transform

    def __len__(self):
        return len(self.split.labels)

    def __getitem__(self, index):
        image = Image.fromarray(self.split.images[index])
        return self.transform(image), int(self.split.labels[index])


class ReferenceLoop:
    """A run of the original's recipe: SGD with a one-cycle schedule of `epochs` epochs."""

    def __init__(self, recipe: dict, train: Split, test: Split, epochs: int = 20):
        to_input = [transforms.ToTensor(), transforms.Normalize(recipe["mean"], recipe["std"])]
        augmented = transforms.Compose(
            [
                transforms.RandomRotation(recipe["rotation_degrees"], fill=1),
                transforms.ColorJitter(recipe["brightness"], recipe["contrast"], 0.4, 0.1),
                *to_input,
            ]
        )
        size = recipe["batch_size"]
        self.train = DataLoader(Digits(train, augmented), batch_size=size, shuffle=True)
        self.test = DataLoader(Digits(test, transforms.Compose(to_input)), batch_size=size)
        self.l1 = recipe["l1"]
        self.model = model_of(recipe)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=recipe["max_lr"], momentum=0.8)
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer, recipe["max_lr"], epochs=epochs, steps_per_epoch=len(self.train)
        )

    def epoch(self) -> dict[str, float]:
        """Train for one epoch and test.

        Returns:
            train_accuracy (percent, running), test_loss (nats per image), test_accuracy (percent).
        """
        self.model.train()
        right = 0
        for data, target in self.train:
            self.optimizer.zero_grad()
            output = self.model(data)
            loss = nll_loss(output, target)
            if self.l1:
                loss = loss + self.l1 * sum(p.abs().mean() for p in self.model.parameters())
            loss.backward()
            self.optimizer.step()
            self.schedule.step()
            loss.item()  # read out at every step, as the tutorials do
            right += output.argmax(dim=1).eq(target).sum().item()
        train_accuracy = 100 * right / len(self.train.dataset)

        self.model.eval()
        right, total_loss = 0, 0.0
        with torch.no_grad():
            for data, target in self.test:
                output = self.model(data)
                total_loss += nll_loss(output, target, reduction="sum").item()
                right += output.argmax(dim=1).eq(target).sum().item()
        return {
            "train_accuracy": train_accuracy,
            "test_loss": total_loss / len(self.test.dataset),
            "test_accuracy": 100 * right / len(self.test.dataset),
        }

/** Teaches a fresh model from examples in their order, for evaluations and for replaying what a tenant was taught. */
import type { ModelInput, FeatureBag } from './features.ts';
import type { FieldModel } from './field-model.ts';

export interface Example extends ModelInput {
  value: string;
}

/** Large sets teach all they can in one pass. */
const MOST_FOR_FURTHER_PASSES = 150_000;
/** Every fifth example is kept for judging a model that has learnt the others well. */
const HELD_OUT_EVERY = 5;

/**
 * The first pass learns as mail arrives, and its second half shows how far to believe the model on what comes later;
 * the examples held out show it on mail of the same time. Then everything is learnt.
 */
export function train(model: FieldModel, bag: FeatureBag, examples: readonly Example[]): void {
  const isHeldOut = (index: number): boolean => index % HELD_OUT_EVERY === HELD_OUT_EVERY - 1;
  examples.forEach((example, index) => {
    if (isHeldOut(index)) return;
    bag.read(example);
    if (index >= examples.length / 2) model.teach(bag, example.value);
    else model.linear.learn(bag, example.value);
  });
  const hasFurtherPasses = examples.length <= MOST_FOR_FURTHER_PASSES;
  if (hasFurtherPasses)
    learnAll(
      model,
      bag,
      examples.filter((_, index) => !isHeldOut(index)),
    );
  const heldOut = examples.filter((_, index) => isHeldOut(index));
  for (const example of heldOut) {
    bag.read(example);
    model.judge(bag, example.value);
  }
  learnAll(model, bag, hasFurtherPasses ? examples : heldOut);
  model.calibration.draw();
}

function learnAll(model: FieldModel, bag: FeatureBag, examples: readonly Example[]): void {
  for (const example of examples) {
    bag.read(example);
    model.linear.learn(bag, example.value);
  }
}

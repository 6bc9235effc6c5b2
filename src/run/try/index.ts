export { chooseSample } from "./choose-sample.ts";
export { contentText } from "./content-text.ts";
export { costOfWork, projectSample, type SampleProjection } from "./project-sample.ts";
export { leastDoubt, type Projected } from "./projection.ts";
export { runSample, type SampleRun, type TriedItem } from "./run-sample.ts";
export { samplePipeline, type OutputText, type SampleOptions } from "./sample-pipeline.ts";
export { assertLimits } from "../limits.ts";
export { priceOf } from "../../llm/prices/index.ts";
export { surveyItems, type Survey } from "./survey.ts";

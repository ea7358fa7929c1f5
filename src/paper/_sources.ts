/** C. Yun, S. Sra, A. Jadbabaie. */
export const YUN =
  "C. Yun, S. Sra, A. Jadbabaie, Are deep ResNets provably better than linear predictors?, NeurIPS 2019";

/** K. Kawaguchi, Y. Bengio. */
export const KAWAGUCHI =
  "K. Kawaguchi, Y. Bengio, Depth with Nonlinearity Creates No Bad Local Minima in ResNets, 2018";

/** K.-L. Chen and others. */
export const CHEN =
  "K.-L. Chen, C.-H. Lee, H. Garudadri, B. D. Rao, ResNEsts and DenseNEsts: Block-based DNN Models with Improved Representation Guarantees, NeurIPS 2021";

/** The paper on how shallow the minima are. */
export const SHALLOW = "Is the Skip Connection Provable to Reform the Neural Network Loss Landscape?, arXiv 2006.05939";

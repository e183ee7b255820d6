/**
 * The SHA-256 of the tensors that a few epochs of every model leave (browser/trained-tensors.ts). They
 * are the same with any number of threads, in any Node and in browsers. Whoever changes one changes
 * the bits that every seed gives: that is a decision, and CHANGELOG.md notes it.
 */
export const expectedTensors: Readonly<Record<string, string>> = {
  anyMask: 'eb98a1b92756d56e30128bac1ad8ef6fb81f16fcad5e38fcfc401fef53fc8a82',
  classifier: '862aad7f3d4939f8ccc40982fc0f39811aadcf2905874a39e0e7ba84549102ce',
  heads: 'f7d38a1353484ff265b23c1148dc0d1fd4d94e5757613f1f5a0136a1b80834fd',
  inpainter: '3bb280c649bc4251a03da3e4164922580289e305ddbaaf3b77fa8354a6655136',
  machine: '3a9a00fbc3513e5d068d7f64134e1f7a489e1cb9d1a0ee31cc1f0149fff938d4',
  mixture: 'aa361e136045dadba57234adfb39785fb293dee5c5d786b250baea219561848b',
  window: '5bae4f25eb4002dc9bdcb368a67aa52be12b70249cce125c597a1b4b700d9210',
}

/**
 * The SHA-256 of the tensors that a few epochs of every model leave (browser/trained-tensors.ts). They
 * are the same with any number of threads, in any Node and in browsers. Whoever changes one changes
 * the bits that every seed gives: that is a decision, and CHANGELOG.md notes it.
 */
export const expectedTensors: Readonly<Record<string, string>> = {
  anyMask: 'eb98a1b92756d56e30128bac1ad8ef6fb81f16fcad5e38fcfc401fef53fc8a82',
  classifier: '862aad7f3d4939f8ccc40982fc0f39811aadcf2905874a39e0e7ba84549102ce',
  heads: 'ef89b2051ca211e820263ca3cbf00586eff1b35ad7ac01531383cf68d43eb57c',
  inpainter: '3bb280c649bc4251a03da3e4164922580289e305ddbaaf3b77fa8354a6655136',
  machine: '46a2bb5c7cd25d6ea5fa34c56235a6e1a80f415ddabced92f87af3be9920b59a',
  mixture: '9f476634b3dc40dd5a2bfafa7a97d97ef6e99e9cc8bd7a20218a673ad24ac00f',
  window: 'd01ac94570c233250a54504dac147782f7cf00cd192d0a230a1a8b4ad89abbbe',
}

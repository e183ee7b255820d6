// Prints how many bytes a training adds to the peak of a fresh process's resident memory, in which
// so many images lie already: node bench/processes/peak-memory.js COUNT
import { EnergyInpainter, Images } from 'lacuna'

const count = Number(process.argv[2])
const images = new Images(count, 28, 28, new Uint8Array(count * 784))
// A fifth is ink, as in digits.
for (let i = 0; i < images.pixels.length; i += 5) images.pixels[i] = 1 + (i % 255)
const before = process.memoryUsage.rss()
for await (const _ of EnergyInpainter.create({ seed: 1 }).train(images, { epochs: 1 }));
console.log(1024 * process.resourceUsage().maxRSS - before)

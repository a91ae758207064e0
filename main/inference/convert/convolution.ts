import { unsupported, viewInput, weightInput, type Translation } from './value.ts';
import { arrange, isFree, logicalShape, type View } from './view.ts';

/** Logical axes of TensorFlow's NHWC. */
const batch = 0;
const channels = 3;

/** What Conv knows of one spatial axis (1 = height, 2 = width). */
interface Spatial {
  readonly axis: 1 | 2;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
  readonly output: number;
}

/**
 * Conv2D and _FusedConv2D (bias, ReLU). TensorFlow's NHWC becomes ONNX's channels-first, with height and
 * width in whichever order the data already has: a convolution of the transposed picture with the
 * transposed kernel is the transposed result, so no data is moved for it.
 */
export function convolution(translation: Translation): View {
  const { node, builder } = translation;
  if (node.text('data_format') !== 'NHWC') throw unsupported(node, `data format ${node.text('data_format')}`);
  const input = viewInput(translation, 0);
  const kernel = weightInput(translation, 1);
  const [height, width, inputs, filters] = kernel.shape as [number, number, number, number];
  if (logicalShape(input)[channels] !== inputs) {
    throw unsupported(
      node,
      `the kernel has ${inputs} input channels, the data ${logicalShape(input)[channels]}`,
    );
  }
  const rows = spatialAxis(translation, input, 1, height);
  const columns = spatialAxis(translation, input, 2, width);
  const upright = isFree(input, [batch, channels, 1, 2]) || !isFree(input, [batch, channels, 2, 1]);
  const spatial = upright ? [rows, columns] : [columns, rows];

  const arranged = arrange(builder, input, [batch, channels, ...spatial.map(({ axis }) => axis)]);
  const kernelShape = [filters, inputs, ...spatial.map((one) => one.kernel)];
  const weights = builder.floats(kernelShape, channelsFirst(kernel.data, kernel.shape, upright));
  const fused = node.op === '_FusedConv2D' ? node.texts('fused_ops') : [];
  if (!['', 'BiasAdd', 'BiasAdd,Relu'].includes(fused.join())) {
    throw unsupported(node, `fused with ${fused.join(' and ')}`);
  }
  const bias = fused.length > 0 ? [builder.floats([filters], weightInput(translation, 2).data)] : [];
  const convolved = builder.emit('Conv', [arranged.name, weights, ...bias], {
    kernel_shape: spatial.map((one) => one.kernel),
    strides: spatial.map((one) => one.stride),
    dilations: spatial.map((one) => one.dilation),
    pads: [...spatial.map((one) => one.before), ...spatial.map((one) => one.after)],
  });
  return {
    kind: 'view',
    name: fused.includes('Relu') ? builder.emit('Relu', [convolved]) : convolved,
    stored: [arranged.stored[0]!, filters, ...spatial.map((one) => one.output)],
    axes: upright ? [0, 2, 3, 1] : [0, 3, 2, 1],
  };
}

/** Padding as TensorFlow defines it: SAME gives ceil(size / stride) outputs, the odd pad goes behind. */
function spatialAxis({ node }: Translation, input: View, axis: 1 | 2, kernel: number): Spatial {
  const size = logicalShape(input)[axis]!;
  if (size === null) throw unsupported(node, 'a picture of unknown size');
  const stride = node.integers('strides')[axis] ?? 1;
  const dilation = node.integers('dilations')[axis] ?? 1;
  const reach = (kernel - 1) * dilation + 1;
  const padding = node.text('padding');
  if (padding !== 'SAME' && padding !== 'VALID') throw unsupported(node, `padding ${padding}`);
  const total = padding === 'SAME' ? Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach - size) : 0;
  const before = Math.floor(total / 2);
  const output = Math.floor((size + total - reach) / stride) + 1;
  return { axis, kernel, stride, dilation, before, after: total - before, output };
}

/** [height, width, in, out] to [out, in, height, width], or [out, in, width, height]. */
function channelsFirst(data: Float32Array, shape: readonly number[], upright: boolean): Float32Array {
  const [height, width, inputs, filters] = shape as [number, number, number, number];
  const result = new Float32Array(data.length);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const cell = upright ? row * width + column : column * height + row;
      for (let input = 0; input < inputs; input++) {
        for (let filter = 0; filter < filters; filter++) {
          const from = ((row * width + column) * inputs + input) * filters + filter;
          result[(filter * inputs + input) * height * width + cell] = data[from]!;
        }
      }
    }
  }
  return result;
}

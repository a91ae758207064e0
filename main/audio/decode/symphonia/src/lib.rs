//! The AAC-LC and Apple Lossless decoders of Symphonia behind a C-like interface for WebAssembly:
//! packets in, interleaved float samples out. Demuxing is done by the caller.
use std::cell::RefCell;

use symphonia_codec_aac::AacDecoder;
use symphonia_codec_alac::AlacDecoder;
use symphonia_core::audio::SampleBuffer;
use symphonia_core::codecs::{
    CodecParameters, Decoder, DecoderOptions, CODEC_TYPE_AAC, CODEC_TYPE_ALAC,
};
use symphonia_core::formats::Packet;

struct State {
    decoder: Option<Box<dyn Decoder>>,
    input: Vec<u8>,
    output: Vec<f32>,
    channels: u32,
    sample_rate: u32,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::new(State {
        decoder: None,
        input: Vec::new(),
        output: Vec::new(),
        channels: 0,
        sample_rate: 0,
    });
}

/// Makes room for `bytes` bytes of input and says where.
#[no_mangle]
pub extern "C" fn input(bytes: usize) -> *mut u8 {
    STATE.with(|state| {
        let mut state = state.borrow_mut();
        state.input.resize(bytes, 0);
        state.input.as_mut_ptr()
    })
}

/// Opens a decoder; the input holds the codec's configuration (AudioSpecificConfig, or ALAC magic cookie).
/// `codec`: 0 AAC, 1 ALAC. Returns 0, or -1 when the configuration is not supported.
#[no_mangle]
pub extern "C" fn open(codec: u32, sample_rate: u32) -> i32 {
    STATE.with(|state| {
        let mut state = state.borrow_mut();
        let mut params = CodecParameters::new();
        params
            .for_codec(if codec == 0 { CODEC_TYPE_AAC } else { CODEC_TYPE_ALAC })
            .with_sample_rate(sample_rate)
            .with_extra_data(state.input.clone().into_boxed_slice());
        let options = DecoderOptions::default();
        let made: Option<Box<dyn Decoder>> = if codec == 0 {
            AacDecoder::try_new(&params, &options).ok().map(|d| Box::new(d) as Box<dyn Decoder>)
        } else {
            AlacDecoder::try_new(&params, &options).ok().map(|d| Box::new(d) as Box<dyn Decoder>)
        };
        let result = if made.is_some() { 0 } else { -1 };
        state.decoder = made;
        result
    })
}

/// Decodes the packet in the input. Returns the number of frames, or -1 when the packet is damaged.
#[no_mangle]
pub extern "C" fn decode() -> i32 {
    STATE.with(|state| {
        let state = &mut *state.borrow_mut();
        let decoder = match state.decoder.as_mut() {
            Some(decoder) => decoder,
            None => return -1,
        };
        let packet = Packet::new_from_slice(0, 0, 0, &state.input);
        match decoder.decode(&packet) {
            Ok(audio) => {
                let spec = *audio.spec();
                let frames = audio.frames();
                state.channels = spec.channels.count() as u32;
                state.sample_rate = spec.rate;
                let mut samples = SampleBuffer::<f32>::new(audio.capacity() as u64, spec);
                samples.copy_planar_ref(audio);
                state.output.clear();
                state.output.extend_from_slice(samples.samples());
                frames as i32
            }
            Err(_) => -1,
        }
    })
}

/// Where the samples of the last packet stand: all frames of the first channel, then of the second, and so on.
#[no_mangle]
pub extern "C" fn output() -> *const f32 {
    STATE.with(|state| state.borrow().output.as_ptr())
}

#[no_mangle]
pub extern "C" fn channels() -> u32 {
    STATE.with(|state| state.borrow().channels)
}

#[no_mangle]
pub extern "C" fn sample_rate() -> u32 {
    STATE.with(|state| state.borrow().sample_rate)
}

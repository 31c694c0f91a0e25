/// How far the sequences of a block have been executed, between two of them.
struct SequencesProgress {
    var sequencesLeft: Int
    var literalsUsed = 0
    /// The bits of the stream that are left.
    var bitCount = 0
    var literalsLengthState = 0
    var offsetState = 0
    var matchLengthState = 0
    var repeatOffsets: RepeatOffsets
}

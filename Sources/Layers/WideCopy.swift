/// Copies in steps as wide as the processor's registers, for places that have room behind their end.
enum WideCopy {
    /// Copies in steps of 16 bytes, so that up to 16 bytes too many are read and written.
    @inline(__always)
    static func copy(from source: UnsafeRawPointer, to out: UnsafeMutableRawPointer, length: Int) {
        var to = unsafe out
        var from = unsafe source
        let end = unsafe out + length
        repeat {
            unsafe to.storeBytes(of: from.loadUnaligned(as: SIMD2<UInt64>.self), as: SIMD2<UInt64>.self)
            unsafe to += 16
            unsafe from += 16
        } while unsafe to < end
    }

    /// Copies in wide steps that may write up to 29 bytes too many. Source and destination overlap when the distance is
    /// less than the length: each step then copies what the steps before it have written.
    @inline(__always)
    static func match(to out: UnsafeMutableRawPointer, length: Int, distance: Int) {
        var to = unsafe out
        var from = unsafe UnsafeRawPointer(out - distance)
        let end = unsafe out + length
        if distance >= 16 {
            unsafe to.storeBytes(of: from.loadUnaligned(as: SIMD2<UInt64>.self), as: SIMD2<UInt64>.self)
            unsafe (to + 16).storeBytes(
                of: (from + 16).loadUnaligned(as: SIMD2<UInt64>.self), as: SIMD2<UInt64>.self)
            guard length > 32 else { return }
            unsafe to += 32
            unsafe from += 32
            repeat {
                unsafe to.storeBytes(of: from.loadUnaligned(as: SIMD2<UInt64>.self), as: SIMD2<UInt64>.self)
                unsafe to += 16
                unsafe from += 16
            } while unsafe to < end
        } else if distance == 1 {
            let byte = unsafe SIMD16<UInt8>(repeating: from.load(as: UInt8.self))
            repeat {
                unsafe to.storeBytes(of: byte, as: SIMD16<UInt8>.self)
                unsafe to += 16
            } while unsafe to < end
        } else {
            // A step copies eight bytes, of which as many as the distance are right at once.
            let step = min(distance, 8)
            repeat {
                unsafe to.storeBytes(of: from.loadUnaligned(as: UInt64.self), as: UInt64.self)
                unsafe to += step
                unsafe from += step
            } while unsafe to < end
        }
    }
}

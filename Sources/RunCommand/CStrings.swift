import Glibc

/// Words as exec takes them, for as long as this lives: to the end of `withExtendedLifetime`.
@safe final class CStrings {
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ words: [String]) {
        count = words.count
        unsafe pointers = .allocate(capacity: words.count + 1)
        for (index, word) in words.enumerated() { unsafe (pointers + index).initialize(to: strdup(word)) }
        unsafe (pointers + words.count).initialize(to: nil)
    }

    deinit {
        for index in 0..<count { unsafe free(pointers[index]) }
        unsafe pointers.deallocate()
    }
}
